"""Paths of a run: the same for a condition, its text and Snakemake's wildcards."""

import doctest
import re

import pytest

from semantic_tokens.conditions import Condition, Unit
from semantic_tokens.workflow import layout as module
from semantic_tokens.workflow.layout import ANY_CONDITION, ANY_UNIT, Layout

LAYOUT = Layout("demo")
TEXT = "tiny-bert/d128/clsa-all/kmeans-cosine-r05/mlm"
PARTS = {
    "backbone": "tiny-bert",
    "dim": "128",
    "alignment": "clsa-all",
    "grouping": "kmeans-cosine-r05",
    "pretraining": "mlm",
}


@pytest.mark.parametrize("name", ["embeddings", "partition", "losses"])
def test_a_condition_its_text_and_a_pattern_give_one_path(name):
    where = getattr(LAYOUT, name)
    assert where(TEXT) == where(Condition.parse(TEXT)) == where(ANY_CONDITION).format(**PARTS)


def test_a_prefix_leads_to_its_artifact_as_the_whole_condition_does():
    condition = Condition.parse(TEXT)
    assert LAYOUT.embeddings(condition.aligned) == LAYOUT.embeddings(condition.grouped) == LAYOUT.embeddings(condition)
    assert LAYOUT.partition(condition.grouped) == LAYOUT.partition(condition)
    assert LAYOUT.embeddings(condition) == "results/demo/conditions/tiny-bert/d128/clsa-all/embeddings.safetensors"


def test_models_are_two_files():
    folder = f"results/demo/conditions/{TEXT}"
    assert LAYOUT.model(TEXT) == {"config": f"{folder}/config.json", "model": f"{folder}/model.safetensors"}
    assert LAYOUT.backbone("tiny-bert")["model"] == "results/demo/backbones/tiny-bert/model.safetensors"


def test_all_tokenizers_of_a_backbone_lie_with_it_its_own_beside_its_weights():
    assert LAYOUT.tokenizer("tiny-bert") == "results/demo/backbones/tiny-bert/tokenizer.json"
    assert LAYOUT.tokenizer("tiny-bert", "first-r05") == "results/demo/backbones/tiny-bert/first-r05/tokenizer.json"
    assert LAYOUT.tokenizer_config("tiny-bert") == "results/demo/backbones/tiny-bert/tokenizer_config.json"


def test_scores_are_of_one_unit():
    expected = f"results/demo/conditions/{TEXT}/scores/ner@in-language#0.parquet"
    assert LAYOUT.scores(TEXT, Unit("ner", "in-language", 0)) == expected
    assert (
        LAYOUT.scores(ANY_CONDITION, ANY_UNIT).format(**PARTS, tasks="ner", transfer="in-language", seed="0")
        == expected
    )


def test_a_job_is_told_from_others_by_what_it_is_about():
    assert LAYOUT.log("measure_groups") == "results/demo/logs/measure_groups.log"
    assert LAYOUT.log("group", Condition.parse(TEXT).grouped) == (
        "results/demo/logs/group/tiny-bert-d128-clsa-all-kmeans-cosine-r05.log"
    )
    assert LAYOUT.benchmark("score", TEXT, "ner@in-language#0") == (
        "results/demo/benchmarks/score/tiny-bert-d128-clsa-all-kmeans-cosine-r05-mlm/ner@in-language#0.tsv"
    )
    assert LAYOUT.checkpoint("group", "tiny-bert/d128/none/kmeans-cosine-r05", "0") == (
        "results/demo/checkpoints/group/tiny-bert-d128-none-kmeans-cosine-r05/0.pt"
    )


def test_a_log_has_every_wildcard_of_its_condition():
    assert set(re.findall(r"{(\w+)}", LAYOUT.log("score", ANY_CONDITION, ANY_UNIT))) == {
        *PARTS,
        "tasks",
        "transfer",
        "seed",
    }


def test_examples_of_the_module_are_true():
    tried = doctest.testmod(module)
    assert tried.attempted == 2
    assert tried.failed == 0
