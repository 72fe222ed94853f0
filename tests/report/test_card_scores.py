"""The scores on a model card: those of the condition, by the main metric, as far as the run has them."""

from semantic_tokens.conditions import Condition
from semantic_tokens.report import table5
from semantic_tokens.report.card_scores import main_scores
from semantic_tokens.report.table5 import Cell

CONDITION = Condition.parse("tiny-bert/d32/none/kmeans-cosine-r20/none")
OTHER = Condition.parse("tiny-bert/d32/none/kmeans-cosine-r05/none")


def cell(condition, metric, score):
    return Cell(condition, "ner", metric, "in-language", 1, score, None, 0.1, ("en", "zh"), retained=0.875)


def test_there_are_none_before_there_is_a_table(tmp_path):
    assert main_scores(tmp_path / "table5.csv", CONDITION) == []


def test_other_conditions_and_other_metrics_are_left_out(tmp_path):
    path = tmp_path / "table5.csv"
    table5.write([cell(CONDITION, "f1", 0.5), cell(CONDITION, "accuracy", 0.9), cell(OTHER, "f1", 0.4)], path)
    [row] = main_scores(path, CONDITION)
    assert row == {
        "task": "ner", "metric": "f1", "transfer": "in-language", "score": 0.5, "chance": 0.1, "retained": 0.875,
        "retained_by_random": None,
    }  # fmt: skip
