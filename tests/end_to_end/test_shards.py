"""What a task's settings affect, and what they do not: shards of a collection, passes of zero-shot training."""

import re

import pytest
import yaml

from support.running import MINI, copy_project, snakemake

PRINT = """
from types import SimpleNamespace

for rule in workflow.rules:
    if rule.name in ("tokenize_retrieval", "train_retriever", "encode_passages", "score"):
        for transfer in ("in-language", "zero-shot"):
            given = rule.params.get("settings")
            if callable(given):
                given = given(SimpleNamespace(transfer=transfer, tasks="nli"))
            print("RULE", rule.name, transfer, given, rule.params.get("shards"))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = copy_project(tmp_path_factory.mktemp("project"))
    with (folder / "Snakefile").open("a") as file:
        file.write(PRINT)
    return folder


def parameters(project, shards, passes=None):
    """(rule, transfer) -> its parameters as printed, in the small config with retrieval in a separate bundle."""
    config = yaml.safe_load(MINI.read_text(encoding="utf-8"))
    config["tasks"]["retrieval"]["shards"] = shards
    for task in ("retrieval", "nli"):
        config["tasks"][task] |= {"epochs": 2, "zero_shot_epochs": passes}
    config.setdefault("compute", {})["bundles"] = [["ner", "nli", "qa"], ["retrieval"], ["rerank"]]
    path = project / f"shards-{shards}-{passes}.yaml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    done = snakemake(project, "--list-rules", "--configfile", str(path), mini=False)
    assert done.returncode == 0, done.stdout
    found = re.findall(r"^RULE (\w+) ([\w-]+) (.*)$", done.stdout, re.MULTILINE)
    return {(rule, transfer): printed for rule, transfer, printed in found}


def test_another_number_of_shards_changes_no_token_ids_and_no_weights(project):
    two, three = (parameters(project, shards) for shards in (2, 3))
    here = "in-language"
    assert "'max_length': 64" in two["tokenize_retrieval", here]
    assert two["tokenize_retrieval", here] == three["tokenize_retrieval", here]
    assert two["train_retriever", here] == three["train_retriever", here]
    assert (two["encode_passages", here], three["encode_passages", here]) == ("None 2", "None 3")


@pytest.mark.parametrize("rule", ["score", "train_retriever"])
def test_more_passes_in_zero_shot_training_change_that_training_alone(rule, project):
    plain, more = (parameters(project, 2, passes) for passes in (None, 7))
    assert plain[rule, "zero-shot"] == plain[rule, "in-language"] == more[rule, "in-language"]
    assert "'epochs': 2" in plain[rule, "zero-shot"] and "'epochs': 7" in more[rule, "zero-shot"]
    assert plain["tokenize_retrieval", "zero-shot"] == more["tokenize_retrieval", "zero-shot"]
