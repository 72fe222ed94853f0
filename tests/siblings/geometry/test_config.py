"""The section `geometry` of the config."""

import pytest
import yaml

from semantic_tokens.config.loading import load
from semantic_tokens.errors import InputError
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
