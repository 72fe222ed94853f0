"""What another number of shards of a collection has to do with, and what it has not."""

import re

import pytest
import yaml

from workflow.running import MINI, copy_project, snakemake

PRINT = """
for rule in workflow.rules:
    if rule.name in ("tokenize_retrieval", "train_retriever", "encode_passages"):
        print("RULE", rule.name, rule.params.get("settings"), rule.params.get("shards"))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = copy_project(tmp_path_factory.mktemp("project"))
    with (folder / "Snakefile").open("a") as file:
        file.write(PRINT)
    return folder


def parameters(project, shards):
    """Rule -> its parameters as printed, in the small config with retrieval in a bundle of its own."""
    config = yaml.safe_load(MINI.read_text(encoding="utf-8"))
    config["tasks"]["retrieval"]["shards"] = shards
    config.setdefault("compute", {})["bundles"] = [["ner", "nli", "qa"], ["retrieval"], ["rerank"]]
    path = project / f"shards-{shards}.yaml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    done = snakemake(project, "--list-rules", "--configfile", str(path), mini=False)
    assert done.returncode == 0, done.stdout
    return dict(re.findall(r"^RULE (\w+) (.*)$", done.stdout, re.MULTILINE))


def test_another_number_of_shards_changes_no_token_ids_and_no_weights(project):
    two, three = (parameters(project, shards) for shards in (2, 3))
    assert "'max_length': 64" in two["tokenize_retrieval"]
    assert two["tokenize_retrieval"] == three["tokenize_retrieval"]
    assert two["train_retriever"] == three["train_retriever"]
    assert (two["encode_passages"], three["encode_passages"]) == ("None 2", "None 3")
