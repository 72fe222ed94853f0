import gzip
import json

import pytest

from semantic_tokens.config import discover
from semantic_tokens.errors import InputError


@pytest.fixture
def root(tmp_path):
    return tmp_path


def write_ner(root, sentences):
    folder = root / "masakhane-ner/data/hau"
    folder.mkdir(parents=True)
    (folder / "train.txt").write_text("Kano B-LOC\n\n" * sentences, encoding="utf-8")
    (folder / "test.txt").write_text("Kano B-LOC\n\n", encoding="utf-8")


def test_sources_are_found_by_their_folders(root):
    (root / "muse").mkdir()
    (root / "ntrex").mkdir()
    (root / "text").touch()  # a file is no folder of files
    assert discover.sources(["muse", "panlex", "text", "ntrex"], root) == ["muse", "ntrex"]


def test_a_task_with_enough_training_rows_lacks_nothing(root):
    write_ner(root, discover.ENOUGH)
    assert discover.tasks(["ner"], root) == [discover.Found("ner", "")]


def test_a_sample_is_not_the_data(root):
    write_ner(root, discover.ENOUGH - 1)
    (found,) = discover.tasks(["ner"], root)
    assert str(found) == "ner (only 499 rows of ner to train on, fewer than 500)"


def test_rows_to_score_do_not_count_as_rows_to_train_on(root):
    write_ner(root, 3)
    test = root / "masakhane-ner/data/hau/test.txt"
    test.write_text("Kano B-LOC\n\n" * 600, encoding="utf-8")
    (found,) = discover.tasks(["ner"], root)
    assert found.lacks.startswith("only 3 rows")


def test_queries_without_a_collection_are_not_a_task(root):
    (root / "anserini-tools/topics").mkdir(parents=True)
    (found,) = discover.tasks(["retrieval"], root)
    assert found.lacks == "no files of miracl-corpus"


def test_a_collection_without_enough_judgements_is_not_a_task(root):
    topics, corpus = root / "anserini-tools/topics", root / "miracl-corpus/sw"
    topics.mkdir(parents=True)
    corpus.mkdir(parents=True)
    lines = "".join(f"q{i}\tSwali {i}\n" for i in range(600))
    (topics / "topics.miracl-v1.0-sw-train.tsv").write_text(lines, encoding="utf-8")
    passages = (json.dumps({"docid": f"{i}#0", "title": "", "text": "maneno"}) for i in range(600))
    with gzip.open(corpus / "docs-0.jsonl.gz", "wt", encoding="utf-8") as handle:
        handle.write("\n".join(passages) + "\n")
    (found,) = discover.tasks(["rerank"], root)
    assert found.lacks == "only 0 rows of qrels to train on, fewer than 500"


def test_a_file_that_cannot_be_parsed_is_an_error_and_not_a_missing_task(root):
    write_ner(root, 600)
    (root / "masakhane-ner/data/hau/train.txt").write_text("Kano LOC here\n\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"train\.txt, line 1"):
        discover.tasks(["ner"], root)


def test_of_the_upstream_files_only_ner_is_enough_to_train_on(real_data):
    found = {entry.task: entry.lacks for entry in discover.tasks(["ner", "nli", "qa", "retrieval"], real_data)}
    assert found["ner"] == ""
    assert found["nli"] == "only 60 rows of nli to train on, fewer than 500"
    assert found["qa"].startswith("only ") and found["retrieval"].startswith("only ")
