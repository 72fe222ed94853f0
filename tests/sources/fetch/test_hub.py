"""The hub's real client against a local server that speaks its routes: faults, messages, and no token anywhere."""

import hashlib
import os
import subprocess
import sys
import traceback
from functools import partial

import pytest
from huggingface_hub import constants

from semantic_tokens.errors import InputError
from semantic_tokens.sources.fetch import registry
from semantic_tokens.sources.fetch.hub import fetch_from_hub, list_files
from semantic_tokens.sources.fetch.obtain import obtain
from semantic_tokens.sources.fetch.registry import RemoteFile, Source
from support import ROOT
from support.misbehaving_server import COMMIT, Fault, blob_id, running_server
from support.source_files import left, refused

LIBRARY = ROOT / "workflow_scripts"
SMALL, LARGE = b'{"hidden_size": 16}', bytes(range(256)) * 400
DATA = {"README.md": b"about", "data/en.tsv": b"a\tb\n", "data/sw.bin": LARGE}
MODEL = {"config.json": SMALL, "tokenizer.json": b"{}", "modeling_x.py": b"import os", "pytorch_model.bin": LARGE}
TOKEN = "hf_canaryCanaryCanary"


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    with running_server() as running:
        running.add_repository("org/data", "dataset", DATA, large=("data/sw.bin",))
        running.add_repository("org/model", "model", MODEL, large=("pytorch_model.bin",))
        yield running


def remote(path, repository="org/data", kind="dataset", **facts):
    return RemoteFile(
        path, f"https://huggingface.co/datasets/org/data/resolve/{COMMIT}/{path}", COMMIT, repository, kind, **facts
    )


def get(server, folder, path="data/en.tsv", offline=False, **facts):
    return fetch_from_hub(remote(path, **facts), folder, mirror=server.url, offline=offline, backoff=0.001)


refusal = partial(refused, get)


def source(name="small", kind="dataset", **changes):
    entry = {"from": f"{kind}:org/{'data' if kind == 'dataset' else 'model'}", "revision": COMMIT, "files": []}
    terms = {"licence": "CC0", "commercial_use": True, "citation_key": "a2020b", "citation": "A 2020. B."}
    return Source.model_validate({"name": name} | entry | terms | changes)


@pytest.mark.parametrize(("path", "stored"), [("data/en.tsv", False), ("data/sw.bin", True)])
def test_small_and_large_files_land_at_their_upstream_paths(server, tmp_path, path, stored):
    assert get(server, tmp_path, path=path).read_bytes() == DATA[path]
    assert left(tmp_path) == [path]
    assert any(request.path.startswith("/storage/") for request in server.requests) == stored
    requests = len(server.requests)
    get(server, tmp_path, path=path)
    assert len(server.requests) == requests


def test_wrong_bytes_of_the_right_length_are_refused(server, tmp_path):
    digest = hashlib.sha256(LARGE).hexdigest()
    server.faults[f"/storage/{digest}"] = Fault(wrong_bytes=True, times=1)
    message = refusal(server, tmp_path, path="data/sw.bin", checksum=f"sha256:{digest}")
    assert f"/resolve/{COMMIT}/data/sw.bin (revision {COMMIT}): the file has the sha256 checksum" in message
    assert f"should have {digest}. It was deleted" in message
    assert not [name for name in left(tmp_path) if not name.endswith(".lock")]
    assert get(server, tmp_path, path="data/sw.bin", checksum=f"sha256:{digest}").read_bytes() == LARGE


@pytest.mark.parametrize("fault", [Fault(status=500, times=2), Fault(drop_after=5000, times=1)])
def test_passing_errors_are_tried_again(server, tmp_path, fault):
    server.faults[f"/storage/{hashlib.sha256(LARGE).hexdigest()}"] = fault
    assert get(server, tmp_path, path="data/sw.bin").read_bytes() == LARGE


def test_an_error_before_the_first_byte_is_tried_again(server, tmp_path):
    path = server.resolve("org/data", "dataset", "data/en.tsv")
    server.faults[path] = Fault(status=503, times=1, methods=("HEAD",))
    assert get(server, tmp_path).read_bytes() == DATA["data/en.tsv"]


def test_errors_that_do_not_pass_end_with_the_last_one_named(server, tmp_path):
    server.faults[server.resolve("org/data", "dataset", "data/en.tsv")] = Fault(status=502)
    assert refusal(server, tmp_path).endswith("data/en.tsv: gave up after 6 tries; the last one: HTTP status 502")


def test_a_file_that_the_revision_lacks(server, tmp_path):
    message = refusal(server, tmp_path, path="data/xx.tsv")
    assert f"dataset org/data, file data/xx.tsv, revision {COMMIT}: no such file at this revision" in message
    assert "see https://huggingface.co/datasets/org/data" in message


def test_a_revision_that_is_not_there(server, tmp_path):
    wanted = RemoteFile("data/en.tsv", "https://x", "f" * 40, "org/data", "dataset")
    with pytest.raises(InputError, match=r"revision f{40}: no such revision of the repository"):
        fetch_from_hub(wanted, tmp_path, mirror=server.url, backoff=0.001)


@pytest.mark.parametrize(
    ("status", "headers"),
    [(401, {}), (403, {}), (403, {"X-Error-Code": "GatedRepo"}), (401, {"X-Error-Code": "RepoNotFound"})],
)
def test_a_gated_repository_says_how_to_get_in(server, tmp_path, status, headers):
    at = server.resolve("org/data", "dataset", "data/en.tsv")
    server.faults[at] = Fault(status=status, headers=headers, methods=("HEAD", "GET"))
    message = refusal(server, tmp_path)
    assert f"dataset org/data, file data/en.tsv, revision {COMMIT}: access is restricted" in message
    assert f"HTTP status {status}" in message
    assert "Ask for access at https://huggingface.co/datasets/org/data," in message
    assert "HF_TOKEN" in message and "hf auth login" in message
    assert len(server.requests) == 1


def test_a_server_that_is_not_a_hub(server, tmp_path):
    server.hub.clear()  # plain files, without the header that names the commit
    assert "or its answer makes no sense (FileMetadataError)" in refusal(server, tmp_path)


def test_offline(server, tmp_path, monkeypatch):
    message = refusal(server, tmp_path, offline=True)
    assert f"{tmp_path}/data/en.tsv: no such file, and downloads are off. Get it from https://hugg" in message
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert refusal(server, tmp_path) == message
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "en.tsv").write_bytes(DATA["data/en.tsv"])
    assert get(server, tmp_path).read_bytes() == DATA["data/en.tsv"]
    assert not server.requests


def test_a_path_that_leaves_the_folder_is_refused(server, tmp_path):
    assert "'../en.tsv' is outside" in refusal(server, tmp_path, path="../en.tsv")
    assert not server.requests


def test_a_mirror_gets_no_token(server, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    get(server, tmp_path, path="data/sw.bin")
    assert server.requests and not [request for request in server.requests if "authorization" in request.headers]


def test_the_listing_gives_sizes_and_checksums_and_is_kept(server, tmp_path):
    digest = hashlib.sha256(LARGE).hexdigest()
    expected = {
        "README.md": (5, f"git:{blob_id(b'about')}"),
        "data/en.tsv": (4, f"git:{blob_id(DATA['data/en.tsv'])}"),
        "data/sw.bin": (len(LARGE), f"sha256:{digest}"),
    }
    assert list_files(source(), tmp_path, server.url) == expected
    assert list_files(source(), tmp_path, server.url, offline=True) == expected
    assert len(server.requests) == 1


def test_offline_without_a_listing_the_files_at_hand_are_all_there_are(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "en.tsv").write_bytes(b"")
    assert list_files(source(), tmp_path, offline=True) == {"data/en.tsv": (None, "")}


@pytest.mark.parametrize("weights", ["model.safetensors", "pytorch_model.bin"])
def test_a_checkpoint_is_safetensors_where_there_are_any_and_never_code(server, tmp_path, monkeypatch, weights):
    files = ["config.json", "tokenizer*.json", "model.safetensors | pytorch_model.bin"]
    entry = source(kind="model", files=files)
    monkeypatch.setattr(registry, "sources", lambda: {"small": entry})
    server.add_repository("org/model", "model", MODEL | {weights: LARGE}, large=("pytorch_model.bin", weights))
    folder = obtain("small", tmp_path, mirror=server.url)
    assert folder == tmp_path / "small" / COMMIT
    assert left(folder) == [".listing", "config.json", weights, "tokenizer.json"]
    requests = len(server.requests)
    assert obtain("small", tmp_path, mirror=server.url, offline=True) == folder
    assert len(server.requests) == requests


PROGRAM = f"""
import logging, sys
from pathlib import Path
logging.basicConfig(level=logging.INFO)
from semantic_tokens.sources.fetch.hub import fetch_from_hub
from semantic_tokens.sources.fetch.registry import RemoteFile
wanted = RemoteFile(sys.argv[1], "https://x", "{COMMIT}", "org/data", "dataset")
fetch_from_hub(wanted, Path(sys.argv[2]), backoff=0.001)
"""


def run(server, folder, path, **environment):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
    settings = {"HF_ENDPOINT": server.url, "HF_HOME": str(folder / "home"), "PYTHONPATH": str(LIBRARY)}
    command = [sys.executable, "-c", PROGRAM, path, str(folder / "files")]
    return subprocess.run(command, env=clean | settings | environment, capture_output=True, text=True, timeout=60)


def test_the_endpoint_of_the_environment_gets_the_token_and_no_output_shows_it(server, tmp_path):
    at = server.resolve("org/data", "dataset", "data/en.tsv")
    server.faults[at] = Fault(status=403, headers={"X-Error-Code": "GatedRepo"}, methods=("HEAD", "GET"))
    gated = run(server, tmp_path, "data/en.tsv", HF_TOKEN=TOKEN, HF_DEBUG="1")
    assert gated.returncode == 1 and "InputError: dataset org/data" in gated.stderr
    fetched = run(server, tmp_path, "data/sw.bin", HF_TOKEN=TOKEN, HF_DEBUG="1")
    assert fetched.returncode == 0 and left(tmp_path / "files") == ["data/.en.tsv.lock", "data/sw.bin"]
    assert {request.headers.get("authorization") for request in server.seen("HEAD", at)} == {f"Bearer {TOKEN}"}
    stored = [request for request in server.requests if request.path.startswith("/storage/")]
    assert stored and not [request for request in stored if "authorization" in request.headers]
    written = "".join(path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file())
    assert TOKEN not in gated.stdout + gated.stderr + fetched.stdout + fetched.stderr + written


def test_no_token_in_the_traceback(server, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setattr(constants, "ENDPOINT", server.url)
    monkeypatch.setattr(
        constants, "HUGGINGFACE_CO_URL_TEMPLATE", server.url + "/{repo_id}/resolve/{revision}/{filename}"
    )
    server.faults[server.resolve("org/data", "dataset", "data/en.tsv")] = Fault(status=403, methods=("HEAD",))
    with pytest.raises(InputError) as error:
        fetch_from_hub(remote("data/en.tsv"), tmp_path, backoff=0.001)
    assert server.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in "".join(traceback.format_exception(error.value))


def test_offline_mode_of_the_environment(server, tmp_path):
    offline = run(server, tmp_path, "data/en.tsv", HF_HUB_OFFLINE="1")
    assert "no such file, and downloads are off" in offline.stderr
    assert not server.requests
