"""configs/laptop.yaml: what it reads follows its sizes, and what is scored as it is is not trained."""

import pytest
import yaml

from semantic_tokens.config.loading import load
from semantic_tokens.config.selected import units
from semantic_tokens.estimate.items import passages, reading, task_rows
from support import ROOT


@pytest.fixture(scope="module")
def given():
    return yaml.safe_load((ROOT / "configs/laptop.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def config(given):
    return load(given)


def test_as_is_nothing_is_trained(config):
    for task in ("clir", "bitext"):
        found = reading(config, task, "as-is")
        assert (found.training, found.updates) == (0, 0) and found.evaluation > 50_000
    trained = reading(config, "clir", "in-language")
    assert trained.training > 0 and trained.evaluation == reading(config, "clir", "as-is").evaluation


def test_examples_are_those_that_the_config_draws(config, given):
    assert {rows["train"] for rows in task_rows(config, "nli").values()} == {given["tasks"]["nli"]["train_examples"]}
    assert {rows["dev"] for rows in task_rows(config, "retrieval").values()} == {given["data"]["queries"]}
    everything = load(given | {"data": given["data"] | {"queries": None}})
    assert sum(passages(everything).values()) > 20 * sum(passages(config).values())


def test_its_controls_are_there(config):
    groupings = {(c.alignment_method, str(c.grouping)) for c in units(config)}
    wanted = {("none", f"kmeans-cosine-r{ratio}") for ratio in ("05", "10", "20", "40")}
    wanted |= {("none", name) for name in ("full", "random-r05", "random-stratified-r05", "first-r05", "first-r20")}
    wanted |= {("clsa", "kmeans-cosine-r05"), ("clsa", "kmeans-cosine-r20"), ("shuffled", "kmeans-cosine-r05")}
    assert groupings == wanted
    assert config.tasks.nli.recorded() == "train_split=dev; train_examples=200; test_examples=200"
