"""A task is one file and one section of the config: part-of-speech tags from a written file, end to end."""

import csv
import random
import shutil
from pathlib import Path

import pytest
import yaml

from support import ROOT
from support.running import MINI, copy_project, jobs, snakemake

SENTENCES = {  # language -> a word and its tag for each place of a sentence
    "en": [("the a", "DET"), ("red big", "ADJ"), ("dog tree house", "NOUN"), ("runs falls sees", "VERB")],
    "sw": [("mbwa mti nyumba", "NOUN"), ("mkubwa nyekundu", "ADJ"), ("anakimbia anaona", "VERB")],
}
CONDITIONS = ["tiny-bert/d32/none/full/none", "tiny-bert/d32/none/kmeans-cosine-r20/none"]


def write_sentences(path: Path) -> None:
    rng, lines = random.Random(0), []
    for lang, places in SENTENCES.items():
        for split, n in (("train", 24), ("dev", 4), ("test", 10)):
            lines += [f"# lang = {lang}", f"# split = {split}"]
            for _ in range(n):
                lines += [*(f"{rng.choice(words.split())}\t{tag}" for words, tag in places), ""]
    path.write_text("\n".join(lines), encoding="utf-8")


def write_config(path: Path, file: Path) -> None:
    """The mini config with a section for the task, which the study and a bundle then name like any other."""
    config = yaml.safe_load(MINI.read_text(encoding="utf-8"))
    config["tasks"]["pos"] = {
        "epochs": 3, "batch_size": 8, "learning_rate": 3e-3, "warmup_ratio": 0.1, "max_length": 32, "file": str(file),
    }  # fmt: skip
    config["compute"]["bundles"].append(["pos"])
    config["studies"] = {"main": config["studies"]["main"] | {"conditions": CONDITIONS, "tasks": ["nli", "pos"]}}
    path.write_text(yaml.safe_dump(config), encoding="utf-8")


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of the project with the file of the task, the file of its sentences, and the config."""
    folder = copy_project(tmp_path_factory.mktemp("six"))
    shutil.copy(ROOT / "tests/support/pos.py", folder / "workflow_scripts/semantic_tokens/tasks/pos.py")
    write_sentences(folder / "sentences.tsv")
    write_config(folder / "six.yaml", folder / "sentences.tsv")
    return folder


def run(project: Path, *arguments: str):
    return snakemake(project, *arguments, "--configfile", "six.yaml", mini=False)


def test_a_file_that_is_not_there_is_named(project):
    missing = (project / "six.yaml").read_text().replace("sentences.tsv", "gone.tsv")
    (project / "gone.yaml").write_text(missing)
    done = snakemake(project, "-n", "--configfile", "gone.yaml", mini=False)
    assert done.returncode != 0 and "tasks.pos.file" in done.stdout and "must be a file" in done.stdout


def test_its_jobs_are_planned_as_those_of_any_task(project):
    planned = jobs(run(project, "-n", "scores").stdout)
    assert planned["read_own_table"] == planned["tokenize_pos"] == 1
    assert planned["score"] == 4, "two conditions, and each of the two tasks has a bundle of its own"


def test_its_cost_is_estimated_from_the_size_of_its_file(project):
    done = run(project, "estimate")
    assert done.returncode == 0, done.stdout
    assert "score pos" in done.stdout and "has no formula" not in done.stdout


@pytest.mark.slow
def test_a_sixth_task_is_trained_scored_and_shown(project):
    done = run(project, "--cores", "1")
    assert done.returncode == 0, done.stdout
    results = project / "results/mini"
    rows = list(csv.DictReader((results / "tables/scores.csv").open(encoding="utf-8")))
    own = {(row["grouping"], row["lang"]): row for row in rows if row["task"] == "pos"}
    assert set(own) == {(grouping, lang) for grouping in ("full", "kmeans-cosine") for lang in SENTENCES}
    assert {(row["metric"], row["n"]) for row in own.values()} == {("accuracy", "10")}
    assert {row["task"] for row in rows} == {"nli", "pos"}
    for (_, lang), row in own.items():
        assert float(row["chance"]) == pytest.approx(1 / len(SENTENCES[lang])) and float(row["value"]) <= 1
    assert float(own["full", "en"]["value"]) > float(own["full", "en"]["chance"]), "it learns"
    page = (results / "report/index.html").read_text(encoding="utf-8")
    assert "POS, accuracy, in-language" in page
    means = list(csv.DictReader((results / "tables/table5.csv").open(encoding="utf-8")))
    shown = [row["score"] for row in means if row["task"] == "pos"]
    assert len(shown) == 2 and all(f"{float(score):.3f}".removeprefix("0") in page for score in shown)
