"""Data sets of a hub that misbehaves on demand: configs, splits and labels by its card, downloads by our own client."""

import io
import json
import os
import subprocess
import sys
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from semantic_tokens.sources.files import Skipped
from semantic_tokens.sources.own.loader import find
from support import ROOT
from support.misbehaving_server import COMMIT, Fault, running_server
from support.own_data import record
from support.source_files import left, refused

CARD = """---
license: cc-by-nc-4.0
dataset_info:
- config_name: swa
  features:
  - name: tokens
    sequence: string
  - name: ner_tags
    sequence:
      class_label:
        names: {'0': O, '1': B-LOC, '2': B-PER}
configs:
- config_name: eng
  data_files:
  - {split: train, path: eng/train-*}
  - {split: validation, path: eng/dev.jsonl}
- config_name: swa
  data_files:
  - {split: train, path: swa/train-*}
  - {split: test, path: swa/test-*}
---
About.
"""
SENTENCE = {"tokens": ["Juma", "runs"], "ner_tags": [2, 0]}


def parquet(*rows):
    content = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows)), content)
    return content.getvalue()


FILES = {
    "README.md": CARD.encode(),
    "eng/train-0.jsonl": json.dumps(SENTENCE).encode(),
    "eng/dev.jsonl": json.dumps(SENTENCE).encode(),
    "swa/train-00000-of-00002.parquet": parquet(SENTENCE),
    "swa/train-00001-of-00002.parquet": parquet(SENTENCE, SENTENCE),
    "swa/test-00000-of-00001.parquet": parquet(SENTENCE),
    "swa/unread.parquet": b"no one reads this",
    "more/a.csv": b"tokens,tags\nJuma runs,B-PER O\n",
}
ORG_NER = f"dataset org/ner, revision {COMMIT}"
TAGS = {"columns": {"tags": "ner_tags"}}


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    with running_server() as running:
        running.add_repository("org/ner", "dataset", FILES, large=("swa/train-00000-of-00002.parquet",))
        running.add_repository(
            "org/plain", "dataset", {f"data/{s}.jsonl": FILES["eng/dev.jsonl"] for s in ("train", "test")}
        )
        many = CARD[:4] + CARD[CARD.index("configs:") :]
        running.add_repository("org/many", "dataset", FILES | {"README.md": many.encode()})
        running.add_repository("org/sheets", "dataset", {"train.xlsx": b"", "test.xlsx": b""})
        running.add_repository("org/script", "dataset", {"script.py": b"import os"})
        yield running


def obtained(server, folder, of_data=("sw",), /, **entry):
    given = {"dataset": "org/ner", "config": "swa", **TAGS} | entry
    return record(folder, "ner", of_data, mirror=server.url, **given)


refusal = partial(refused, obtained)


def read(path):
    return [row for file in find(path) for row in file.rows(Skipped())]


def test_the_card_says_which_files_are_a_config_and_what_its_numbers_mean(server, tmp_path):
    rows = read(obtained(server, tmp_path))
    assert [row["split"] for row in rows] == ["train"] * 3 + ["test"]
    assert rows[0] == {"lang": "sw", "split": "train", "tokens": ["Juma", "runs"], "tags": ["B-PER", "O"]}
    landed = tmp_path / "resources/org--ner" / COMMIT
    assert left(landed) == [".listing", "README.md", *sorted(path for path in FILES if path.startswith("swa/t"))]


def test_terms_and_commit_are_recorded(server, tmp_path):
    noted = json.loads(obtained(server, tmp_path).read_text())
    assert (noted["name"], noted["from"], noted["revision"]) == ("own-ner", "dataset:org/ner", COMMIT)
    assert (noted["licence"], noted["commercial_use"]) == ("cc-by-nc-4.0", "no")
    plain = obtained(server, tmp_path, dataset="org/plain", config=None, labels=["O", "B-LOC", "B-PER"])
    assert json.loads(plain.read_text())["licence"] == "none given"


def test_files_are_sorted_into_splits_by_their_names_without_a_card(server, tmp_path):
    path = obtained(server, tmp_path, dataset="org/plain", config=None, labels=["O", "B-LOC", "B-PER"])
    assert [(file.path.name, file.split) for file in find(path)] == [("train.jsonl", "train"), ("test.jsonl", "test")]


def test_files_of_a_repository_may_be_named_in_place_of_a_config(server, tmp_path):
    path = obtained(server, tmp_path, config=None, files="{lang}/{split}-*.parquet", languages={"sw": "swa"},
                    labels=["O", "B-LOC", "B-PER"])  # fmt: skip
    assert len(read(path)) == 4


def test_each_language_may_be_a_config(server, tmp_path):
    card = CARD.replace("split: validation", "split: test").replace("eng/train", "swa/train")
    card = card.replace("eng/dev.jsonl", "swa/test-*")
    server.add_repository("org/two", "dataset", FILES | {"README.md": card.encode()})
    given = {"dataset": "org/two", "config": "{lang}", "languages": {"en": "eng", "sw": "swa"}}
    rows = read(obtained(server, tmp_path, ("en", "sw"), labels=["O", "B-LOC", "B-PER"], **given))
    assert sorted({(row["lang"], row["split"]) for row in rows}) == [
        ("en", "test"),
        ("en", "train"),
        ("sw", "test"),
        ("sw", "train"),
    ]


def test_a_language_without_any_split_is_refused(server, tmp_path):
    card = CARD.replace("split: train, path: swa", "split: en_train, path: swa").replace(
        "split: test", "split: en_test"
    )
    server.add_repository("org/one", "dataset", FILES | {"README.md": card.encode()})
    given = {"dataset": "org/one", "config": "swa", "splits": {"train": "{lang}_train", "test": "{lang}_test"}}
    message = refusal(server, tmp_path, languages={"en": "en", "ha": "ha"}, **given)
    assert message == "data.own.ner.splits: no split of ha; there are en_test, en_train"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"config": "xx"}, f"data.own.ner.config: {ORG_NER}: no config 'xx'; there are eng, swa"),
        ({"dataset": "org/many", "config": None}, "data.own.ner.config: dataset org/many, revision"),
        ({"config": "eng"}, "data.own.ner.splits: no split for test; there are train, validation"),
        ({"splits": {"train": "train", "test": "a"}}, "data.own.ner.splits: no split a; there are test, train"),
        ({"config": None, "files": "{split}.x"}, f"data.own.ner.files: org/ner, {COMMIT}: no file like train.x or"),
        ({"dataset": "org/sheets", "config": None, "files": "{split}.xlsx"}, "train.xlsx: unknown format '.xlsx'"),
        ({"revision": "nowhere"}, "dataset org/ner, revision nowhere: no such revision of the repository"),
        ({"dataset": "org/none"}, "dataset org/none, revision main"),
        ({"dataset": "org/script", "config": None}, "data.own.ner.config: dataset org/script"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_one_line_that_lists_what_is(server, tmp_path, entry, expected):
    message = refusal(server, tmp_path, **entry)
    assert message.startswith(expected) and "\n" not in message, message
    assert "org/many" not in message or message.endswith("no default config; there are eng, swa")
    assert str(tmp_path) not in message and not (tmp_path / "own-ner.json").exists()


def test_a_number_that_the_card_does_not_name(server, tmp_path):
    server.add_repository(
        "org/bad", "dataset", FILES | {"swa/test-00000-of-00001.parquet": parquet(SENTENCE | {"ner_tags": [3, 0]})}
    )
    message = refused(read, obtained(server, tmp_path, dataset="org/bad"))
    assert (
        "test-00000-of-00001.parquet, row 1: 'ner_tags' must be one of O, B-LOC, B-PER" in message
        and "but is 3" in message
    )


def test_passing_errors_are_tried_again_and_damage_is_refused(server, tmp_path):
    at = server.resolve("org/ner", "dataset", "swa/test-00000-of-00001.parquet")
    server.faults[at] = Fault(wrong_bytes=True, times=1)
    assert "should have" in refusal(server, tmp_path) and not list(tmp_path.rglob("test-*.parquet"))
    server.faults[at] = Fault(status=503, times=1)
    server.met.clear()
    assert len(read(obtained(server, tmp_path))) == 4


def test_a_second_time_only_the_commit_is_asked_for_and_offline_nothing(server, tmp_path):
    first = obtained(server, tmp_path).read_bytes()
    before = len(server.requests)
    assert obtained(server, tmp_path).read_bytes() == first
    assert [request.path for request in server.requests[before:]] == ["/api/datasets/org/ner/revision/main"]
    before = len(server.requests)
    assert obtained(server, tmp_path, offline=True).read_bytes() == first
    assert obtained(server, tmp_path, offline=True, revision=COMMIT).read_bytes() != b""
    assert len(server.requests) == before
    assert "downloads are off" in refusal(server, tmp_path / "new", offline=True)


PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1] + "/tests")
from pathlib import Path
from support.own_data import record
folder = Path(sys.argv[2])
record(folder, "ner", ("sw",), dataset="org/ner", config="swa", columns={"tags": "ner_tags"})
"""


def run(server, folder, **environment):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
    settings = {
        "HF_ENDPOINT": server.url,
        "HF_HOME": str(folder / "home"),
        "PYTHONPATH": str(ROOT / "workflow_scripts"),
    }
    command = [sys.executable, "-c", PROGRAM, str(ROOT), str(folder / "files")]
    return subprocess.run(command, env=clean | settings | environment, capture_output=True, text=True, timeout=300)


@pytest.mark.slow
def test_the_environments_endpoint_and_offline_mode_count(server, tmp_path):
    done = run(server, tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(read(tmp_path / "files/own-ner.json")) == 4
    before = len(server.requests)
    assert run(server, tmp_path, HF_HUB_OFFLINE="1").returncode == 0
    other = run(server, tmp_path / "other", HF_HUB_OFFLINE="1")
    assert "downloads are off" in other.stderr
    assert len(server.requests) == before
