"""Data of the user's own, by the example of docs/data.md: JSON lines and CSV through Snakemake to the scores."""

import csv
import json
import re
from itertools import product
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from semantic_tokens.config.loading import load
from support import ROOT
from support.own_data import lines
from support.running import MINI, copy_project, jobs, snakemake

SECTION = (ROOT / "docs/data.md").read_text(encoding="utf-8").split("## Bring your own data")[1].split("\n## ")[0]
EXAMPLES = [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL)]
TARGETS = [f"results/own/{name}" for name in ("tables/scores.csv", "tables/sources.csv", "manifest.json")]
NAMES = {"en": ("Ann", "Bob", "Eve"), "sw": ("Juma", "Asha", "Neema")}
VERBS = {"en": ("runs", "sleeps"), "sw": ("anakimbia", "analala")}
OTHERS = ["".join(parts) for parts in product("bdgkm", "aeiou", "lnrst", "aeiou")]  # words enough for a vocabulary


def write_files(folder: Path) -> None:
    """Those that the first example names: who does what, in two languages."""
    said = {lang: [f"{a} {verb}" for a in NAMES[lang] for verb in VERBS[lang]] for lang in NAMES}
    for lang, texts in said.items():
        lines(
            folder / f"mine/text.{lang}.jsonl", *[{"body": f"{texts[i % 6]} {word} ."} for i, word in enumerate(OTHERS)]
        )
        tagged = [{"tokens": text.split(), "tags": ["B-PER", "O"]} for text in texts]
        lines(folder / f"mine/ner/{lang}-train.jsonl", *tagged * 6, {"tokens": ["Kilimanjaro"], "tags": ["B-MISC"]})
        lines(folder / f"mine/ner/{lang}-test.jsonl", *tagged)
    for split, repeats in (("train", 4), ("test", 1)):
        with (folder / f"mine/nli-{split}.csv").open("w", newline="", encoding="utf-8") as handle:
            writer = csv.writer(handle)
            writer.writerow(["sentence1", "sentence2", "gold", "language"])
            for lang, texts in said.items():
                pairs = [(a, b, "entailment" if a == b else "contradictory") for a in texts for b in texts[:3]]
                writer.writerows((*pair, lang) for pair in pairs * repeats)
                writer.writerow([texts[0], "?", "-", lang])


def write_config(path: Path, example: dict) -> dict:
    """The mini config with the data of an example, and two tasks."""
    mini = yaml.safe_load(MINI.read_text(encoding="utf-8"))
    config = {name: mini[name] for name in ("backbones", "alignment", "grouping", "pretraining", "tasks", "compute")}
    config |= example
    config["run"] = {"name": "own", "seed": 3}
    config["alignment"]["source_sets"] = {}
    config["backbones"] = {"tiny-bert": config["backbones"]["tiny-bert"] | {"vocabulary": 200}}
    conditions = ["tiny-bert/d32/none/full/none", "tiny-bert/d32/none/kmeans-cosine-r40/none"]
    study = {"conditions": conditions, "tasks": ["ner", "nli"], "transfer": "in-language", "seeds": [0]}
    config |= {"studies": {"main": study}}
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return config


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_the_examples_of_the_documentation_are_configs(tmp_path, monkeypatch, number):
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path)
    found = load(write_config(tmp_path / "own.yaml", EXAMPLES[number]))
    assert found.data.own and EXAMPLES[number]["data"]["own"]


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    folder = copy_project(tmp_path_factory.mktemp("own"))
    write_files(folder)
    write_config(folder / "own.yaml", EXAMPLES[0])
    done = snakemake(folder, "--cores", "1", *TARGETS, "--configfile", "own.yaml", mini=False)
    assert done.returncode == 0, done.stdout
    return folder


def rows(path):
    return list(csv.DictReader(path.open(encoding="utf-8")))


@pytest.mark.slow
def test_own_files_are_scored_in_every_language(project):
    scores = rows(project / "results/own/tables/scores.csv")
    found = {(row["task"], row["lang"], row["grouping"]): row["n"] for row in scores}
    groupings = ("full", "kmeans-cosine")
    assert found == {("ner", lang, grouping): "6" for lang in NAMES for grouping in groupings} | {
        ("nli", lang, grouping): "18" for lang in NAMES for grouping in groupings
    }


@pytest.mark.slow
def test_labels_are_ours_and_what_is_left_out_is_counted(project):
    data = project / "results/own/data"
    assert pq.read_table(data / "ner.parquet")["tags"].to_pylist()[36] == ["O"], "B-MISC is O"
    assert set(pq.read_table(data / "nli.parquet")["label"].to_pylist()) == {0, 2}
    left_out = rows(data / "nli.skipped.csv")
    assert {(Path(row["file"]).name, row["rows"]) for row in left_out} == {
        ("nli-train.csv", "2"),
        ("nli-test.csv", "2"),
    }


@pytest.mark.slow
def test_terms_are_in_the_table_and_in_the_manifest(project):
    results = project / "results/own"
    sources = {row["name"]: row for row in rows(results / "tables/sources.csv")}
    assert set(sources) == {"own-ner", "own-nli", "own-corpus"}
    assert sources["own-ner"]["from"] == "mine/ner/{lang}-{split}.jsonl"
    manifest = json.loads((results / "manifest.json").read_text(encoding="utf-8"))
    assert [row["name"] for row in manifest["sources"]] == ["own-corpus", "own-ner", "own-nli"]
    assert {row["licence"] for row in manifest["sources"]} == {"the user's own"}


@pytest.mark.slow
def test_a_file_that_changed_is_read_again_and_nothing_else(project):
    options = ("--configfile", "own.yaml")
    assert "Nothing to be done" in snakemake(project, "-n", *TARGETS, *options, mini=False).stdout
    path = project / "mine/ner/sw-test.jsonl"
    kept = path.read_text()
    path.write_text(kept + kept)
    planned = jobs(snakemake(project, "-n", "scores", *options, mini=False).stdout)
    assert planned["obtain_own"] == planned["read_task"] == 1 and "train_tokenizer" not in planned
    path.write_text('{"tokens": ["x"]}\n')
    done = snakemake(project, "--cores", "1", "results/own/data/ner.parquet", *options, mini=False)
    assert done.returncode != 0
    assert not list((project / "results/own/data").glob(".partial-*")), "nothing half-written"
    assert (
        "mine/ner/sw-test.jsonl, line 1: no column 'tags' (data.own.ner.columns, tags); there are tokens" in done.stdout
    )


@pytest.mark.slow
def test_a_run_on_own_data_is_estimated(project):
    done = snakemake(project, "estimate", "--configfile", "own.yaml", mini=False)
    assert done.returncode == 0, done.stdout
    assert "has no formula" not in done.stdout


@pytest.mark.slow
def test_pairs_and_dictionaries_become_their_tables(tmp_path):
    folder = copy_project(tmp_path)
    write_files(folder)
    for split in ("train", "test"):
        judged = {"positive": list(NAMES["en"]), "negative": "a dog"}
        lines(folder / f"mine/pairs-{split}.jsonl", *[{"query": f"who {verb}?"} | judged for verb in VERBS["en"]])
    lines(folder / "mine/words.jsonl", {"word_a": "to run", "word_b": "kimbia"})
    own = {
        "corpus": EXAMPLES[0]["data"]["own"]["corpus"],
        "retrieval": {"files": "mine/pairs-{split}.jsonl", "columns": {"negative": "negative"}, "languages": ["en"]},
        "dictionaries": {"files": "mine/words.jsonl", "languages": ["en-sw"]},
    }
    config = write_config(folder / "own.yaml", {"data": EXAMPLES[0]["data"] | {"own": own, "dictionaries": ["own"]}})
    config["studies"]["main"] |= {"tasks": ["retrieval", "rerank"]}
    (folder / "own.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    data = folder / "results/own/data"
    targets = [f"results/own/data/{table}.parquet" for table in ("candidates", "word_pairs")]
    done = snakemake(folder, "--cores", "1", *targets, "--configfile", "own.yaml", mini=False)
    assert done.returncode == 0, done.stdout
    assert pq.read_table(data / "passages.parquet")["text"].to_pylist() == [*NAMES["en"], "a dog"]
    assert pq.read_table(data / "qrels.parquet")["relevance"].to_pylist() == [1, 1, 1, 0] * 4
    [pair] = pq.read_table(data / "word_pairs.parquet").to_pylist()
    assert (pair["word_a"], pair["word_b"], pair["source"]) == ("run", "kimbia", "own")
