"""A user's own checkpoint and MIRACL's hard negatives through the steps that bring them, and the terms of both."""

import csv
import gzip
import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertForMaskedLM, PreTrainedTokenizerFast

from semantic_tokens import siblings
from support.running import ROOT, copy_project, snakemake

N_TOKENS = 100
RUN = "results/own"
TARGETS = [f"{RUN}/backbones/own/model.safetensors", f"{RUN}/data/passages.parquet", f"{RUN}/tables/sources.csv"]


def write_checkpoint(folder):
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces = {piece: i for i, piece in enumerate([*marks, *(f"w{i}" for i in range(N_TOKENS - len(marks)))])}
    tokenizer = Tokenizer(models.WordPiece(pieces, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    names = {f"{mark.strip('[]').lower()}_token": mark for mark in marks}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names).save_pretrained(folder)
    config = BertConfig(
        vocab_size=N_TOKENS, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=24,
        max_position_embeddings=512,
    )  # fmt: skip
    BertForMaskedLM(config).save_pretrained(folder)


def write_miracl(folder):
    """Telugu: a corpus of d#0 to d#9, a pool of d#2 and d#3; judged are d#2 (dev), d#7 (train), one that is nowhere."""
    for name, text in {
        "topics/topics.miracl-v1.0-te-train.tsv": "1\twho?\n3\tgone?\n",
        "topics/topics.miracl-v1.0-te-dev.tsv": "2\twhat?\n",
        "qrels/qrels.miracl-v1.0-te-train.tsv": "1\tQ0\td#7\t1\n3\tQ0\tgone#1\t1\n",
        "qrels/qrels.miracl-v1.0-te-dev.tsv": "2\tQ0\td#2\t1\n",
    }.items():
        (folder / "anserini-tools" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "anserini-tools" / name).write_text(text, encoding="utf-8")
    (folder / "miracl-corpus/te").mkdir(parents=True)
    with gzip.open(folder / "miracl-corpus/te/docs-0.jsonl.gz", "wt", encoding="utf-8") as handle:
        handle.writelines(json.dumps({"docid": f"d#{i}", "title": "", "text": f"t{i}"}) + "\n" for i in range(10))
    (folder / "miracl-hard-negatives/te-corpus").mkdir(parents=True)
    pool = pa.table({"_id": ["d#2", "d#3"], "title": ["", ""], "text": ["t2", "t3"]})
    pq.write_table(pool, folder / "miracl-hard-negatives/te-corpus/dev-00000-of-00001.parquet")
    for name in ("text", "muse"):
        (folder / name).mkdir()


def write_config(path, folder, checkpoint):
    """configs/paper.yaml, made to read these files."""
    config = yaml.safe_load((ROOT / "configs/paper.yaml").read_text(encoding="utf-8"))
    config["run"] = {"name": "own", "seed": 0}
    config["local_dir"] = str(folder)
    config["data"] |= {"languages": ["te"], "dictionaries": ["muse"]}
    config["data"]["corpus"] = {"sources": ["text"], "texts_a_language": 5}
    config["alignment"]["source_sets"] = {"all": ["muse"]}
    del config["grouping"]["lexicons"]
    own = {"kind": "hub", "folder": str(checkpoint), "vocabulary": N_TOKENS, "dim": 16, "max_length": 512}
    config["backbones"] = {"own": own}
    for analysis in siblings.found():  # of other backbones
        del config[analysis]
    study = {"conditions": ["own/d16/none/full/none"], "tasks": ["retrieval"], "transfer": "in-language", "seeds": [0]}
    config["studies"] = {"own": study}
    path.write_text(yaml.safe_dump(config), encoding="utf-8")


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> tuple[Path, Path, tuple[str, ...]]:
    """The project after the run, the user's checkpoint, and how to run again."""
    folder = tmp_path_factory.mktemp("own")
    write_checkpoint(folder / "checkpoint")
    write_miracl(folder / "files")
    write_config(folder / "own.yaml", folder / "files", folder / "checkpoint")
    project = copy_project(tmp_path_factory.mktemp("project"))
    options = (*TARGETS, "--configfile", str(folder / "own.yaml"))
    done = snakemake(project, "--cores", "1", *options, mini=False)
    assert done.returncode == 0, done.stdout
    assert "sources that do not allow commercial use: none; licences: results/own/tables/sources.csv" in done.stdout
    return project / RUN, folder / "checkpoint", options


@pytest.mark.slow
def test_the_collection_is_the_pool_and_the_judged_passages(project):
    data = project[0] / "data"
    assert pq.read_table(data / "passages.parquet")["passage_id"].to_pylist() == ["d#2", "d#3", "d#7"]
    judged = pq.read_table(data / "qrels.parquet").to_pylist()
    assert [(row["query_id"], row["split"], row["passage_id"]) for row in judged] == [
        ("2", "test", "d#2"),
        ("1", "train", "d#7"),
    ]
    assert sorted(pq.read_table(data / "queries.parquet")["query_id"].to_pylist()) == ["1", "2"]
    [row] = csv.DictReader((data / "collection.skipped.csv").open(encoding="utf-8"))
    assert row["file"].endswith("qrels.miracl-v1.0-te-train.tsv") and (row["rows"], row["first_line"]) == ("1", "2")


@pytest.mark.slow
def test_terms_name_sources_and_backbones(project):
    results, checkpoint, _ = project
    rows = {row["name"]: row for row in csv.DictReader((results / "tables/sources.csv").open(encoding="utf-8"))}
    assert set(rows) == {"miracl", "miracl-corpus", "miracl-hard-negatives", "own"}
    assert rows["miracl-hard-negatives"]["licence"] == "CC BY-SA 4.0"
    assert rows["own"]["from"] == str(checkpoint) and rows["own"]["licence"] == "the user's own"


@pytest.mark.slow
def test_the_backbone_is_brought_again_when_a_file_of_its_folder_changes(project):
    results, checkpoint, options = project
    home = results.parents[1]
    assert "Nothing to be done" in snakemake(home, "-n", *options, mini=False).stdout
    path = checkpoint / "model.safetensors"
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime + 60))
    again = snakemake(home, "-n", *options, mini=False).stdout
    assert "Params have changed" in again and "fetch_backbone" in again and "read_collection" not in again
