"""Real upstream files through the whole workflow, at toy size."""

import csv
import json
from pathlib import Path

import pytest

from support import ROOT
from support.running import copy_project, snakemake

LOCAL = ROOT / "tests/support/local.yaml"


@pytest.fixture(scope="module")
def results(real_data, tmp_path_factory) -> Path:
    project = copy_project(tmp_path_factory.mktemp("local"))
    options = ("--configfile", str(LOCAL), "--config", f"local_dir={real_data.resolve()}")
    done = snakemake(project, "--cores", "2", *options, mini=False)
    assert done.returncode == 0, done.stdout
    assert "sources that do not allow commercial use: masakhaner, muse" in done.stdout
    again = snakemake(project, "-n", *options, mini=False)
    assert "Nothing to be done" in again.stdout
    return project / "results/local"


def rows(path):
    return list(csv.DictReader(path.open(encoding="utf-8")))


@pytest.mark.slow
def test_every_condition_is_scored_in_the_languages_that_are_there(results):
    scores = rows(results / "tables/scores.csv")
    assert {row["lang"] for row in scores} == {"ha", "sw", "wo"}, "MasakhaNER has no English"
    assert len({(row["alignment"], row["grouping"], row["pretraining"]) for row in scores}) == 5
    assert {row["n"] for row in scores if row["lang"] == "wo"} == {"539"}


@pytest.mark.slow
def test_the_vocabulary_is_of_real_pieces_that_occur(results, real_data):
    vocabulary = json.loads((results / "backbones/small-bert/tokenizer.json").read_text(encoding="utf-8"))["model"][
        "vocab"
    ]
    real = (real_data / "bert_multi_cased/vocab.txt").read_text(encoding="utf-8").split("\n")
    assert len(vocabulary) == 6000 and set(vocabulary) < set(real)
    order = {piece: i for i, piece in enumerate(real)}
    ordinary = [piece for piece in vocabulary if not piece.startswith("[")]
    assert ordinary == sorted(ordinary, key=order.__getitem__), "First-k goes by the order of emergence"


@pytest.mark.slow
def test_sizes_of_groups_and_terms_of_sources_are_written_with_the_scores(results):
    groups = {row["condition"]: row for row in rows(results / "tables/groups.csv")}
    assert len(groups) == 4 and all(int(row["largest_size"]) > 0 for row in groups.values())
    sources = {row["name"]: row for row in rows(results / "tables/sources.csv")}
    assert sources["masakhaner"]["licence"] == "CC BY-NC 4.0" and sources["muse"]["commercial_use"] == "no"
    assert (results / "report/index.html").read_text(encoding="utf-8").count("K-Means") > 3
