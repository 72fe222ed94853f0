"""The paper's tables as LaTeX: their numbers are those of the run and of reference/."""

import re

import pytest

from semantic_tokens.report import PRIMARY_METRIC, printed, scores, table5
from semantic_tokens.report.claims.scores import Roles
from semantic_tokens.report.latex import tables
from support import ROOT
from support.toy_scores import AS_THE_PAPER_SAYS, cells_of, score_files

REFERENCE = ROOT / "reference"
PAPER = printed.read(REFERENCE / "table5.csv")


def scored(folder, values, **kwargs):
    paths, studies = score_files(folder, values, **kwargs)
    return scores.collect(paths, "made-up", studies)


def cells_in(text):
    """The rows between \\midrule and \\bottomrule, as lists of cells."""
    body = text[text.index(r"\midrule") : text.index(r"\bottomrule")]
    rows = [line.removesuffix(r" \\") for line in body.splitlines() if " & " in line]
    return [[cell.strip() for cell in re.split(r"(?<!\\)&", row)] for row in rows]


def test_table_1_counts_items_and_languages(tmp_path):
    rows = cells_in(tables.tasks(scored(tmp_path, AS_THE_PAPER_SAYS)))
    assert rows[0] == ["NER", "classification", "F1", "2", "20", "en zh"]
    assert [row[1] for row in rows] == ["classification"] * 4 + ["embedding"]


def test_table_2_has_the_settings_of_the_config():
    settings = {"ner": {"epochs": 4, "batch_size": 32, "learning_rate": 5e-4, "warmup_ratio": 0.0, "max_length": 48}}
    assert cells_in(tables.settings(settings | {"bitext": None})) == [
        ["Epochs", "4"], ["Batch size", "32"], ["Learning rate", "0.0005"], ["Warm-up ratio", "0"],
        ["Longest input (tokens)", "48"],
    ]  # fmt: skip


def test_table_3_sets_ours_beside_the_library_and_the_paper():
    row = {"dim": 768, "ratio": 0.05, "parameters_millions": 90.64, "machine": "a_cpu", "steps_per_second": 1.25}
    row |= {"peak_mib": 1234.5, "library_peak_mib": 5678.0, "library_steps_per_second": 0.5}
    row |= {"printed_parameters_millions": 90.0, "printed_gpu_memory_gb": None, "printed_steps_per_second": 5.1}
    text = tables.step_costs([row])
    assert cells_in(text) == [["768", r"5\%", "90.6", "1,234", "5,678", "1.25", "0.50", "90", "--", "5.1"]]
    assert r"on a\_cpu." in text


def test_table_4_has_the_papers_task_and_language(tmp_path):
    conditions = {"full": 0.5, "lexicon-zh": 0.4, "kmeans-cosine-r40": 0.3, "kmeans-cosine-r20": 0.2}
    values = {f"mbert/d768/none/{name}/none": {"retrieval": value, "qa": 0.9} for name, value in conditions.items()}
    found = {row[0]: row[1:] for row in cells_in(tables.lexicons(scored(tmp_path, values), REFERENCE / "table4.csv"))}
    assert found["Full vocabulary"] == ["0.550", "100.0", "0.452"], "Chinese is .05 above the mean of the toy languages"
    assert found["lexicon-zh"] == ["0.450", "81.8", "0.357"]
    assert found[r"K-Means, 40\%"][2] == "0.304" and found[r"K-Means, 20\%"][2] == "--"


def test_table_4_is_empty_without_a_grouping_by_dictionaries(tmp_path):
    assert cells_in(tables.lexicons(scored(tmp_path, AS_THE_PAPER_SAYS), REFERENCE / "table4.csv") + r"\midrule") == []


def test_table_5_prints_every_score_share_and_number_of_the_paper(tmp_path):
    cells = cells_of(tmp_path, AS_THE_PAPER_SAYS)
    rows = cells_in(tables.scores(cells, printed.beside(cells, PAPER, Roles())))
    assert [row[0] for row in rows[:2]] == [r"\textbf{Full vocabulary}", r"K-Means, 5\%"] and len(rows) == 6
    assert all(len(row) == 4 + 3 * 5 for row in rows)
    aligned = next(row for row in rows if row[2] == "all")
    assert aligned[-3:] == ["0.780", r"97.5 {\scriptsize [95.5--99.5]}", "67.0"]
    assert next(row for row in rows if row[0].startswith("First-k"))[-1] == "--"


@pytest.mark.parametrize("task", ["ner", "retrieval"])
def test_table_5_of_the_papers_own_scores_is_the_papers_table(tmp_path, task):
    values = {str(own.condition): {task: own.score} for own in PAPER if own.task == task}
    paths, studies = score_files(tmp_path, values)
    cells = table5.build(scores.collect(paths, "made-up", studies))
    assert {cell.metric for cell in cells} == {PRIMARY_METRIC[task]}
    rows = cells_in(tables.scores(cells, printed.beside(cells, PAPER, Roles())))
    assert len(rows) == 45
    for row in rows:
        retained = float(re.match(r"[0-9.]+", row[-2])[0])
        assert retained == pytest.approx(float(row[-1]), abs=0.15), "the paper rounds scores before it divides"
