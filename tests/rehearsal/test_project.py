"""The rehearsal's config is the paper's but for what the overlay names."""

from fnmatch import fnmatchcase

import pytest
import yaml

from rehearsal import project
from semantic_tokens.conditions import Condition, expand
from semantic_tokens.config.loading import load
from support.running import ROOT

PAPER = yaml.safe_load((ROOT / "configs/paper.yaml").read_text(encoding="utf-8"))
OVERLAY = yaml.safe_load(project.OVERLAY.read_text(encoding="utf-8"))


def conditions(config, of=project.SECTIONS):
    patterns = [pattern for section in project.with_conditions(config, of) for pattern in section["conditions"]]
    return {str(condition) for pattern in patterns for condition in expand(pattern)}


@pytest.mark.parametrize("part", ["all", *OVERLAY["parts"]])
def test_a_part_is_a_valid_config(part):
    load(project.config(part))


def test_what_is_left_out_is_what_the_overlay_names():
    for of in project.SECTIONS:
        before, after = (conditions(config, [of]) for config in (PAPER, project.config("all")))
        patterns = [p for entry in OVERLAY["left_out"] if of in entry.get("of", [of]) for p in entry["conditions"]]
        assert before - after == {c for c in before if any(fnmatchcase(c, pattern) for pattern in patterns)}
        assert after <= before
    assert all(entry["reason"].strip() and entry["cost"].strip() for entry in OVERLAY["left_out"])


def test_the_whole_has_every_backbone_task_and_kind_of_transfer():
    rehearsed = project.config("all")
    assert rehearsed["backbones"] == PAPER["backbones"] and rehearsed["data"] == PAPER["data"]
    studies = rehearsed["studies"].values()
    assert {task for study in studies for task in study["tasks"]} == PAPER["tasks"].keys()
    assert {study["transfer"] for study in studies} == {study["transfer"] for study in PAPER["studies"].values()}
    assert methods(rehearsed) == methods(PAPER)


def methods(config):
    """Backbones with the kinds of alignment, grouping methods and kinds of pretraining that a config has of them."""
    parsed = [Condition.parse(condition) for condition in conditions(config)]
    kinds = [(c.alignment.partition("-")[0], "lexicon" if c.grouping.lexicon else c.grouping.method) for c in parsed]
    return {(c.backbone, *kind, c.pretraining) for c, kind in zip(parsed, kinds)}


def test_lengths_and_batches_of_fine_tuning_are_the_papers():
    for task, settings in PAPER["tasks"].items():
        changed = {key for key, value in project.config("all")["tasks"][task].items() if settings.get(key) != value}
        assert changed <= {"epochs", "shards", "train_examples"}


def test_a_pattern_that_leaves_out_nothing_is_refused():
    with pytest.raises(ValueError, match="no condition is like mbert/d7/"):
        project.without(PAPER, ["mbert/d7/*"])


def test_merging_replaces_lists_and_removes_what_is_null():
    base = {"a": {"b": [1, 2], "c": 3}, "d": 4}
    assert project.merged(base, {"a": {"b": [5], "c": None}}) == {"a": {"b": [5]}, "d": 4}
    assert base == {"a": {"b": [1, 2], "c": 3}, "d": 4}
