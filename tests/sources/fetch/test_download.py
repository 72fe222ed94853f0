"""Plain downloads from a server that misbehaves: what is resumed, tried again, refused, and never left behind."""

import gzip
import hashlib
import itertools
import logging
import threading
import time
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.sources.fetch.download import fetch, mirrored
from semantic_tokens.sources.fetch.registry import RemoteFile
from semantic_tokens.sources.fetch.retries import TransientError, persistently
from support.misbehaving_server import Fault, etag, running_server
from support.source_files import left, refused

BODY = bytes(range(256)) * 2000  # half a megabyte
SHA256 = f"sha256:{hashlib.sha256(BODY).hexdigest()}"
BACKOFF = 0.001


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    with running_server() as running:
        running.files["/v1/data/a.bin"] = BODY
        yield running


def remote(server, path="data/a.bin", **facts):
    return RemoteFile(path, f"{server.url}/v1/{path}", "v1", **facts)


def get(server, folder, path="data/a.bin", offline=False, **facts):
    return fetch(remote(server, path, **facts), folder, offline=offline, backoff=BACKOFF)


refusal = partial(refused, get)


def ranges(server):
    return [request.headers.get("range") for request in server.seen("GET", "/v1/data/a.bin")]


def test_a_file_lands_at_its_upstream_path_and_nothing_else_does(server, tmp_path, capfd):
    path = get(server, tmp_path, size=len(BODY), checksum=SHA256)
    assert path == tmp_path / "data" / "a.bin" and path.read_bytes() == BODY
    assert left(tmp_path) == ["data/a.bin"]
    progress = capfd.readouterr().err
    assert "a.bin: 100%" in progress and "512k/512k" in progress
    get(server, tmp_path, checksum=SHA256)
    assert len(server.requests) == 1


def test_the_registrys_headers_are_sent_and_no_compression_is_asked_for(server, tmp_path):
    get(server, tmp_path, headers={"X-Ms-Version": "2019-12-12"})
    assert server.requests[0].headers["x-ms-version"] == "2019-12-12"
    assert server.requests[0].headers["accept-encoding"] == "identity"


def test_a_dropped_connection_is_resumed(server, tmp_path):
    server.faults["/v1/data/a.bin"] = Fault(drop_after=100_000, times=3)
    assert get(server, tmp_path, checksum=SHA256).read_bytes() == BODY
    assert ranges(server) == [None, "bytes=100000-", "bytes=200000-", "bytes=300000-"]
    assert {request.headers.get("if-range") for request in server.requests} == {None, etag(BODY)}
    assert left(tmp_path) == ["data/a.bin"]


def test_a_download_given_up_is_resumed_by_the_next_call(server, tmp_path):
    server.faults["/v1/data/a.bin"] = Fault(drop_after=1000)
    message = refusal(server, tmp_path, checksum=SHA256)
    assert f"{server.url}/v1/data/a.bin: gave up after 6 tries" in message
    assert (tmp_path / "data" / "a.bin.partial").read_bytes() == BODY[:6000]
    server.faults.clear()
    get(server, tmp_path, checksum=SHA256)
    assert ranges(server)[-1] == "bytes=6000-"
    assert left(tmp_path) == ["data/a.bin"]


@pytest.mark.parametrize("careless", [False, True])
def test_a_file_that_changed_meanwhile_starts_over(server, tmp_path, careless):
    server.faults["/v1/data/a.bin"] = Fault(drop_after=1000)
    refusal(server, tmp_path)
    server.files["/v1/data/a.bin"] = BODY[::-1]
    server.faults["/v1/data/a.bin"] = Fault(careless_ranges=careless)
    assert get(server, tmp_path).read_bytes() == BODY[::-1]


def test_a_server_without_ranges_starts_over(server, tmp_path):
    server.faults["/v1/data/a.bin"] = Fault(drop_after=1000)
    refusal(server, tmp_path)
    server.faults["/v1/data/a.bin"] = Fault(no_ranges=True)
    assert get(server, tmp_path, checksum=SHA256).read_bytes() == BODY


@pytest.mark.parametrize(("held", "requests"), [(len(BODY), 1), (len(BODY) + 9, 2)])
def test_a_partial_file_may_be_complete_or_too_long_already(server, tmp_path, held, requests):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.bin.partial").write_bytes((BODY + b"rubbish!!")[:held])
    (tmp_path / "data" / "a.bin.partial.version").write_text(etag(BODY))
    assert get(server, tmp_path).read_bytes() == BODY
    assert ranges(server) == [f"bytes={held}-", None][:requests]


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_passing_errors_are_tried_again(server, tmp_path, status, caplog):
    server.faults["/v1/data/a.bin"] = Fault(status=status, times=2)
    with caplog.at_level(logging.WARNING):
        assert get(server, tmp_path).read_bytes() == BODY
    assert len(server.requests) == 3
    assert f"HTTP status {status}" in caplog.text


def test_errors_that_do_not_pass_end_with_the_last_one_named(server, tmp_path):
    server.faults["/v1/data/a.bin"] = Fault(status=502)
    assert refusal(server, tmp_path).endswith("/v1/data/a.bin: gave up after 6 tries; the last one: HTTP status 502")
    assert len(server.requests) == 6


def test_waits_double():
    times = []

    def get_nothing():
        times.append(time.monotonic())
        raise TransientError("HTTP status 500")

    with pytest.raises(InputError, match="x: gave up after 6 tries; the last one: HTTP status 500"):
        persistently(get_nothing, "x", backoff=0.01)
    waits = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert all(wait >= 0.01 * 2**i for i, wait in enumerate(waits)) and len(waits) == 5


def test_a_missing_file_names_url_and_revision_and_is_not_tried_again(server, tmp_path):
    message = refusal(server, tmp_path, path="data/b.bin")
    assert f"{server.url}/v1/data/b.bin: no such file at revision v1" in message
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [401, 403, 416])
def test_a_refused_file_is_not_tried_again(server, tmp_path, status):
    server.faults["/v1/data/a.bin"] = Fault(status=status)
    assert f"/v1/data/a.bin: the server refused the request (HTTP status {status})" in refusal(server, tmp_path)
    assert len(server.requests) == 1


def test_a_server_that_is_not_there(tmp_path):
    with running_server() as gone:
        pass
    assert "gave up after 6 tries" in refusal(gone, tmp_path)


def test_a_wrong_checksum_deletes_the_file_and_names_both(server, tmp_path):
    server.faults["/v1/data/a.bin"] = Fault(wrong_bytes=True)
    message = refusal(server, tmp_path, size=len(BODY), checksum=SHA256)
    found = hashlib.sha256(bytes(byte ^ 1 for byte in BODY)).hexdigest()
    assert f"{server.url}/v1/data/a.bin (revision v1): the file has the sha256 checksum {found}" in message
    assert f"should have {SHA256.removeprefix('sha256:')}. It was deleted" in message
    assert not [name for name in left(tmp_path) if not name.endswith(".lock")]
    server.faults.clear()
    assert get(server, tmp_path, checksum=SHA256).read_bytes() == BODY


@pytest.mark.parametrize("algorithm", ["md5", "git"])
def test_other_checksums(server, tmp_path, algorithm):
    # The git id was computed by `git hash-object`.
    right = {"md5": hashlib.md5(BODY).hexdigest(), "git": "85ca3d5aeed19f818566b9244ef5ad7d1d11174a"}[algorithm]
    get(server, tmp_path / "a", checksum=f"{algorithm}:{right}")
    assert f"the {algorithm} checksum {right}, but" in refusal(server, tmp_path / "b", checksum=f"{algorithm}:0")


def test_a_wrong_size_without_a_checksum(server, tmp_path):
    server.faults["/v1/data/a.bin"] = Fault(no_length=True, drop_after=1000)
    assert f"has 1000 bytes, but should have {len(BODY)}" in refusal(server, tmp_path, size=len(BODY))


@pytest.mark.parametrize("name", ["docs.jsonl.gz", "train.parquet"])
def test_truncation_is_found_without_size_and_checksum(server, tmp_path, name):
    whole = tmp_path / "whole.parquet"
    pq.write_table(pa.table({"text": ["word"] * 1000}), whole)
    content = whole.read_bytes() if name.endswith(".parquet") else gzip.compress(BODY)
    server.files[f"/v1/{name}"] = content
    server.faults[f"/v1/{name}"] = Fault(no_length=True, drop_after=len(content) - 9)
    message = refusal(server, tmp_path / "a", path=name)
    assert f"/v1/{name} (revision v1): the file is cut off or damaged" in message and "deleted" in message
    server.faults.clear()
    assert get(server, tmp_path / "a", path=name).read_bytes() == content


def test_offline(server, tmp_path):
    message = refusal(server, tmp_path, offline=True)
    assert f"{tmp_path}/data/a.bin: no such file, and downloads are off. Get it from {server.url}/v1/data" in message
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.bin").write_bytes(BODY)
    assert get(server, tmp_path, offline=True, checksum=SHA256).read_bytes() == BODY
    assert not server.requests


def test_a_file_put_there_by_hand_is_checked_but_not_deleted(server, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.bin").write_bytes(BODY[:10])
    assert f"{tmp_path}/data/a.bin: the file has the sha256" in refusal(server, tmp_path, checksum=SHA256)
    assert (tmp_path / "data" / "a.bin").read_bytes() == BODY[:10]


def test_jobs_that_want_the_same_file_download_it_once(server, tmp_path):
    server.faults["/v1/data/a.bin"] = Fault(status=503, times=2)  # so that the first holds the lock for a while
    paths = []

    def job():
        paths.append(fetch(remote(server, checksum=SHA256), tmp_path, backoff=0.1))

    jobs = [threading.Thread(target=job) for _ in range(4)]
    for thread in jobs:
        thread.start()
    for thread in jobs:
        thread.join()
    assert paths == [tmp_path / "data" / "a.bin"] * 4
    assert len(server.requests) == 3  # two failures and one success
    assert left(tmp_path) == ["data/a.bin"]


def test_a_file_is_never_seen_half_written(server, tmp_path):
    server.faults["/v1/data/a.bin"] = Fault(drop_after=100_000)
    final, sizes, done = tmp_path / "data" / "a.bin", set(), threading.Event()

    def watch():
        while not done.is_set():
            if final.exists():
                sizes.add(final.stat().st_size)
            time.sleep(0.0005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    fetch(remote(server, checksum=SHA256), tmp_path, backoff=0.01)
    done.set()
    watcher.join()
    assert sizes <= {len(BODY)} and final.stat().st_size == len(BODY)


@pytest.mark.parametrize("path", ["../a.bin", "data/../../a.bin", "/etc/a.bin", "..\\a.bin", "C:\\a.bin", ""])
def test_a_path_that_leaves_the_folder_is_refused(server, tmp_path, path):
    assert f"{path!r} is outside {tmp_path}: refused" in refusal(server, tmp_path, path=path)
    assert not server.requests


def test_a_mirror_stands_in_for_scheme_and_host(server, tmp_path):
    assert mirrored("https://a.org/x/y.gz?raw=1", "http://b.org/copy/") == "http://b.org/copy/x/y.gz?raw=1"
    server.files["/copy/v1/a.bin"] = BODY
    wanted = RemoteFile("a.bin", "https://upstream.invalid/v1/a.bin", "v1", checksum=SHA256)
    assert fetch(wanted, tmp_path, mirror=f"{server.url}/copy").read_bytes() == BODY


def test_a_mirror_that_is_not_an_address(tmp_path):
    wanted = RemoteFile("a.bin", "https://upstream.invalid/v1/a.bin", "v1")
    with pytest.raises(InputError, match=r"mirror\.org/v1/a\.bin: .*protocol"):
        fetch(wanted, tmp_path, mirror="mirror.org")
