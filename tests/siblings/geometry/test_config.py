"""The section `geometry` of the config."""

import pytest
import yaml

from semantic_tokens.conditions import Condition
from semantic_tokens.config.loading import load
from semantic_tokens.errors import InputError
from semantic_tokens.siblings.geometry.inputs import table_files
from support import ROOT as REPOSITORY


def config(**geometry):
    given = yaml.safe_load((REPOSITORY / "config.yaml").read_text())
    return load(given | {"geometry": {"conditions": ["tiny-bert/d128/none/full/none"]} | geometry})


def test_defaults_are_the_papers():
    geometry = config().geometry
    assert (geometry.category_tokens, geometry.tokens_per_class, geometry.neighbour_share) == (500, 150, 0.01)
    assert geometry.source_set is None


def test_published_measures_compare_backbones_that_are_measured():
    conditions = ["tiny-{bert,xlmr}/d128/none/full/none"]
    assert config(conditions=conditions).geometry.shared_by is None
    assert config(conditions=conditions, shared_by=["tiny-xlmr"]).geometry.shared_by == ["tiny-xlmr"]
    message = r"geometry.shared_by = 'tiny-mt5': must be a backbone of geometry.conditions: tiny-bert, tiny-xlmr"
    with pytest.raises(InputError, match=message):
        config(conditions=conditions, shared_by=["tiny-bert", "tiny-mt5"])


def test_dictionaries_must_be_a_source_set():
    assert config(source_set="all").geometry.source_set == "all"
    with pytest.raises(InputError, match=r"geometry.source_set = 'muse': must be in alignment.source_sets: all"):
        config(source_set="muse")


def test_a_backbone_may_have_a_sample_of_its_own():
    conditions = ["tiny-{bert,xlmr}/d128/none/full/none"]
    geometry = config(
        conditions=conditions, category_tokens=200, samples={"tiny-bert": {"tokens_per_class": 90}}
    ).geometry
    ours, common = geometry.sample_of("tiny-bert"), geometry.sample_of("tiny-xlmr")
    assert (ours.category_tokens, ours.tokens_per_class, ours.neighbour_share) == (500, 90, 0.01)
    assert (common.category_tokens, common.tokens_per_class) == (200, 150)
    with pytest.raises(InputError, match=r"geometry.samples = 'tiny-mt5': must be a backbone of geometry.conditions"):
        config(conditions=conditions, samples={"tiny-mt5": {}})


@pytest.mark.parametrize(
    ("condition", "extracted"),
    [
        ("b/d8/clsa-all/full/none", True),
        ("b/d8/none/full/mlm", False),
        ("b/d8/none/kmeans-cosine-r05/none", False),
    ],
)
def test_no_model_is_built_where_the_extracted_table_has_its_rows(condition, extracted):
    model = {"config": "c", "model": "m", "tokenizer": "t", "partition": "p"}
    found = table_files(Condition.parse(condition), model, "e")
    assert found == (
        {"model": "e", "tokenizer": "t"} if extracted else {"model": "m", "tokenizer": "t", "partition": "p"}
    )
