"""A corpus of the hub is streamed: parts of its Parquet files come, an even sample, once; its true size is noted."""

import io
import json
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from semantic_tokens.sources.canonical import corpus_rows
from semantic_tokens.sources.fetch import remote_range
from semantic_tokens.sources.own.obtain import Access, obtain
from semantic_tokens.sources.own.settings import OwnSet
from support.misbehaving_server import COMMIT, Fault, running_server
from support.source_files import refused

SIZES, GROUP = (3000, 1000), 200
ENTRY = OwnSet(dataset="org/text", files="data/{lang}-*.parquet").model_dump(mode="json")
PATHS = [f"data/en-{i}.parquet" for i in range(2)]


def shard(number: int, size: int) -> bytes:
    """Texts that say where they stand, and a wide column that nobody wants."""
    content = io.BytesIO()
    texts = [f"text {number} {row} " + "word " * 30 for row in range(size)]
    waste = [f"{row * 7919 % 100003:09d}" * 60 for row in range(size)]
    pq.write_table(pa.table({"waste": waste, "text": texts}), content, row_group_size=GROUP, compression="none")
    return content.getvalue()


FILES = {path: shard(i, size) for i, (path, size) in enumerate(zip(PATHS, SIZES))}


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setattr(remote_range.RemoteRange.__init__, "__defaults__", (0.0,))  # no waiting between tries
    with running_server() as running:
        running.add_repository("org/text", "dataset", FILES, large=(PATHS[0],))
        yield running


def obtained(server, folder, n=200, offline=False, entry=ENTRY, languages=("en",)):
    access = Access(folder / "resources", server.url, offline)
    path = folder / "own-corpus.json"
    path.write_text(json.dumps(obtain("corpus", entry, list(languages), "test", access, (n, 3))))
    return path


refusal = partial(refused, obtained)


def texts(record, n=200):
    amounts = []
    rows = list(corpus_rows({"own-corpus": record}, ["en"], n, 0, {}, amounts))
    return [row["text"].split()[1:3] for row in rows], amounts


def test_a_sample_comes_from_all_files_in_parts_and_the_true_size_is_known(server, tmp_path):
    found, (amount,) = texts(obtained(server, tmp_path))
    assert len(found) == len(set(map(tuple, found))) == 200
    assert [sum(file == str(i) for file, _ in found) for i in (0, 1)] == [150, 50], "as their sizes"
    assert (amount.texts, amount.taken) == (4000, 200)
    asked = [request for request in server.requests if request.path.endswith(".parquet") or "/storage/" in request.path]
    assert asked and all("range" in request.headers for request in asked)
    bounds = [request.headers["range"].removeprefix("bytes=").split("-") for request in asked]
    assert sum(int(last) - int(first) + 1 for first, last in bounds) < sum(map(len, FILES.values())) / 4


def test_it_is_streamed_once_and_then_needs_no_network(server, tmp_path):
    first = texts(obtained(server, tmp_path))
    server.requests.clear()
    entry = ENTRY | {"revision": COMMIT}
    assert texts(obtained(server, tmp_path, offline=True, entry=entry)) == first
    assert not server.requests
    assert "no such file, and downloads are off" in refusal(server, tmp_path, n=150, offline=True, entry=entry)


def test_another_run_draws_the_same_texts(server, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    found = [texts(obtained(server, tmp_path / name)) for name in ("a", "b")]
    assert found[0] == found[1]


def test_fewer_texts_than_asked_for_all_come(server, tmp_path):
    found, (amount,) = texts(obtained(server, tmp_path, n=9000), 9000)
    assert len(found) == amount.texts == amount.taken == 4000


def test_a_server_that_stumbles_is_asked_again(server, tmp_path):
    at = next(path for path in server.files if path.endswith(PATHS[1]))
    server.faults[at] = Fault(status=503, times=2)
    assert len(texts(obtained(server, tmp_path))[0]) == 200
    assert server.met["GET", at] > 2


@pytest.mark.parametrize(
    ("fault", "expected"),
    [(Fault(no_ranges=True), "sends no parts of files"), (Fault(status=403), "refused the request (HTTP status 403)")],
)
def test_a_server_that_cannot_or_does_not_want_to_is_named_and_nothing_is_left(server, tmp_path, fault, expected):
    at = next(path for path in server.files if path.endswith(PATHS[1]))
    server.faults[at] = fault
    message = refusal(server, tmp_path)
    assert expected in message and f"dataset org/text, file {PATHS[1]}, revision {COMMIT}" in message
    assert not list((tmp_path / "resources").rglob("*.parquet"))


def test_a_column_that_is_not_there_is_refused_with_those_that_are(server, tmp_path):
    message = refusal(server, tmp_path, entry=ENTRY | {"columns": {"text": "body"}})
    assert message == f"org/text, {PATHS[0]}: no column 'body' (data.own.corpus.columns, text); there are waste, text"
