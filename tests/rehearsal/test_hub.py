"""The server: checkpoints are made when first asked for, large files come from another host, downloads resume."""

import httpx2
import pytest

from rehearsal import hub
from semantic_tokens.sources.fetch.registry import source, sources

LARGE = bytes(range(256)) * (hub.LARGE // 256 + 1)


@pytest.fixture
def served(tmp_path):
    """The URL of a server that makes mBERT on demand, and the names that it was asked to make."""
    made = []

    def make(name):
        made.append(name)
        (tmp_path / "upstream" / name).mkdir(parents=True)
        (tmp_path / "upstream" / name / "config.json").write_text("{}")
        (tmp_path / "upstream" / name / "model.safetensors").write_bytes(LARGE)

    with hub.running(hub.Routes(sources(), tmp_path / "upstream", make), tmp_path / "port") as url:
        yield url, made


def tree_of(name):
    found = source(name)
    return f"/api/models/{found.repository}/tree/{found.revision}"


def test_a_checkpoint_is_made_when_its_tree_is_first_asked_for(served):
    url, made = served
    assert made == []
    entries = [httpx2.get(url + tree_of("mbert")).json() for _ in range(2)][1]
    assert made == ["mbert"]
    assert {entry["path"]: entry["size"] for entry in entries} == {"config.json": 2, "model.safetensors": len(LARGE)}
    assert ["lfs" in entry for entry in entries] == [False, True]


def test_a_large_file_is_redirected_and_resumes_where_it_broke_off(served):
    url, _ = served
    httpx2.get(url + tree_of("mbert"))
    address = url + source("mbert").remote("model.safetensors").url.removeprefix("https://huggingface.co")
    first = httpx2.get(address)
    assert first.status_code == 302 and first.headers["X-Linked-Size"] == str(len(LARGE))
    storage = first.headers["Location"]
    rest = httpx2.get(storage, headers={"Range": "bytes=1000-"})
    assert (rest.status_code, rest.content) == (206, LARGE[1000:])
    another = httpx2.get(storage, headers={"Range": "bytes=1000-", "If-Range": '"another version"'})
    assert (another.status_code, another.content) == (200, LARGE)


def test_what_is_not_there_is_not_found(served):
    url, _ = served
    assert httpx2.get(f"{url}/google-bert/bert-base-multilingual-cased/resolve/main/x").status_code == 404


def test_the_port_is_taken_again(tmp_path):
    routes = hub.Routes({}, tmp_path)
    urls = []
    for _ in range(2):
        with hub.running(routes, tmp_path / "port") as url:
            urls.append(url)
    assert urls[0] == urls[1]
    with hub.running(routes, tmp_path / "port") as first, hub.running(routes, tmp_path / "port") as second:
        assert first != second
