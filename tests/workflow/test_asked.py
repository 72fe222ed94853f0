"""What cannot be made is told apart before anything runs, with what is near."""

import pytest
import yaml

from semantic_tokens.config.loading import load
from semantic_tokens.workflow.asked import Asked
from semantic_tokens.workflow.layout import ANY_CONDITION, Layout
from support.toy_config import VALID

LAYOUT = Layout("demo")
PATTERNS = [
    LAYOUT.model(ANY_CONDITION)["model"],
    LAYOUT.losses(ANY_CONDITION),
    LAYOUT.scores(ANY_CONDITION, "{tasks}@{transfer}#{seed}"),
    LAYOUT.backbone("{backbone}")["model"],
    LAYOUT.scope("{scope}", "table5.csv"),
    LAYOUT.table("stability"),
]
HERE = "results/demo/conditions"
RIGHT = f"{HERE}/tiny-bert/d128/none/kmeans-cosine-r05/mlm"


@pytest.fixture(scope="module")
def asked():
    return Asked(load(yaml.safe_load(VALID)), LAYOUT, ["all", "report", "main", "ratios", "english"], PATTERNS)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("repotr", "no rule makes it; near: report"),
        ("xyzzy", "no rule makes it; targets: all, report, main, ratios, english"),
        ("nli", "nli is a task, not a target"),
        (f"{HERE}/tiny-bert/d128/none/kmeans-cosine-r5/mlm/model.safetensors", "grouping 'kmeans-cosine-r5' must be"),
        (f"{HERE}/tiny-bert/d128/none/kmeans-cosine-r5/mlm/model.safetensors", "tiny-bert/d128/none/kmeans-cosine-r05"),
        (f"{HERE}/tiny-bert/128/none/kmeans-cosine-r05/mlm/model.safetensors", "truncation '128' must be d<dim"),
        (f"{HERE}/tiny-bart/128/x", "truncation '128' must be"),
        (f"{HERE}/tiny-bert/x", "has 1 parts; the form is backbone/d<dimensions>"),
        (f"{RIGHT}/modell.safetensors", f"such as {RIGHT}/model.safetensors"),
        ("tiny-bert/d64", "is asked for by a file of it, such as results/demo/conditions/tiny-bert/d64/none"),
        ("tiny-bart/d64/none/full/none", "backbone 'tiny-bart' must be in backbones: tiny-bert"),
        ("results/demos/tables/scores.csv", "this config writes to results/demo/"),
        ("results/demo/tables/table5.cvs", "near: results/demo/tables/table5.csv"),
        ("results/demo/studies/rations/table5.csv", "near: results/demo/studies/ratios/table5.csv"),
        ("results/demo/backbones/tinybert/model.safetensors", "near: results/demo/backbones/tiny-bert/model"),
    ],
)  # fmt: skip
def test_what_no_rule_makes_is_named_with_what_is_near(word, expected, asked):
    assert expected in asked.unknown(word)


PARTS = {"backbone": "tiny-bert", "dim": "128", "alignment": "none", "grouping": "kmeans-cosine-r05"}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ""),
        ({"dim": "999"}, "x: d999 must be at most backbones.tiny-bert.dim = 128"),
        ({"backbone": "tiny-bart"}, "x: backbone 'tiny-bart' must be in backbones: tiny-bert"),
        ({"alignment": "clsa-al"}, "x: source set 'al' must be in alignment.source_sets: all"),
        ({"grouping": "lexicon-x"}, "x: lexicon 'x' must be in grouping.lexicons: none defined"),
        ({"tasks": "nli+clir"}, "x: task 'clir' must be in tasks: nli, qa, rerank, retrieval"),
    ],
)
def test_what_a_rule_would_make_against_the_config_is_refused(changed, expected, asked):
    assert asked.wrong("x", PARTS | changed) == expected


def test_a_file_of_no_condition_has_nothing_to_contradict(asked):
    assert asked.wrong("x", {"scope": "tables"}) == asked.wrong("x", {}) == ""
