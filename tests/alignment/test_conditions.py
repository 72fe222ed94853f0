"""Source sets with round-trip and the condition `shuffled-x`, in the grammar and in the config."""

import re

import pytest
import yaml

from semantic_tokens.conditions import WILDCARDS, Condition
from semantic_tokens.config.loading import load
from semantic_tokens.errors import InputError
from support import ROOT

CONFIG = ROOT / "config.yaml"
# Figure 11 of the paper; its fifth set is no alignment.
FIGURE_11 = {
    "muse": ["muse"],
    "muse-round-trip": ["muse", "round-trip"],
    "muse-panlex": ["muse", "panlex"],
    "all": ["muse", "panlex", "concepticon", "colexnet"],
}


def config(source_sets, *conditions):
    mapping = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    mapping["alignment"]["source_sets"] = source_sets
    study = {"conditions": list(conditions), "tasks": ["ner"], "transfer": "in-language", "seeds": [0]}
    mapping["studies"] = {"figure11": study}
    mapping.pop("exports", None)
    return mapping


def test_the_grammar_has_the_control():
    condition = Condition.parse("tiny-bert/d128/shuffled-muse-panlex/kmeans-cosine-r05/mlm")
    assert (condition.alignment_method, condition.source_set) == ("shuffled", "muse-panlex")
    assert str(condition) == "tiny-bert/d128/shuffled-muse-panlex/kmeans-cosine-r05/mlm"
    aligned = Condition.parse("tiny-bert/d128/clsa-all/full/none")
    assert (aligned.alignment_method, aligned.source_set) == ("clsa", "all")
    none = Condition.parse("tiny-bert/d128/none/full/none")
    assert (none.alignment_method, none.source_set) == ("none", None)


@pytest.mark.parametrize("wrong", ["shuffled", "shuffled-", "none-all", "random-all", "clsa"])
def test_what_is_not_an_alignment(wrong):
    assert re.fullmatch(WILDCARDS["alignment"], wrong) is None
    with pytest.raises(InputError, match="must be none, clsa-<source set> or shuffled-<source set>"):
        Condition.parse(f"tiny-bert/d128/{wrong}/full/none")


def test_the_source_sets_of_figure_11():
    names = ",".join(f"clsa-{name}" for name in FIGURE_11)
    loaded = load(config(FIGURE_11, f"tiny-bert/d128/{{none,{names},shuffled-all}}/kmeans-cosine-r05/mlm"))
    assert loaded.alignment.source_sets == FIGURE_11
    assert "round-trip" not in loaded.data.dictionaries


def test_all_dictionaries_and_round_trip():
    loaded = load(config({"all": ["all"], "every": ["all", "round-trip"]}, "tiny-bert/d128/clsa-every/full/mlm"))
    dictionaries = ["muse", "panlex", "concepticon", "colexnet"]
    assert loaded.alignment.source_sets == {"all": dictionaries, "every": [*dictionaries, "round-trip"]}


@pytest.mark.parametrize(
    ("source_sets", "condition", "message"),
    [
        ({"rt": ["round-trip"]}, "clsa-rt", r"alignment\.source_sets\.rt = .*must name a dictionary too"),
        ({"all": ["muse"]}, "shuffled-most", r"source set 'most' must be in alignment\.source_sets: all"),
        ({"all": ["muse", "roundtrip"]}, "clsa-all", r"alignment\.source_sets\.all\[1\] = 'roundtrip': must be"),
    ],
)
def test_what_contradicts(source_sets, condition, message):
    with pytest.raises(InputError, match=message):
        load(config(source_sets, f"tiny-bert/d128/{condition}/kmeans-cosine-r05/mlm"))
