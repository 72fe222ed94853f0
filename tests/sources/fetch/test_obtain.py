"""A whole source at once: files and archives land together, and nothing follows a file that is wrong."""

import hashlib
import io
import zipfile

import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.sources.fetch import registry, remote_files
from semantic_tokens.sources.fetch.obtain import languages_in, obtain
from semantic_tokens.sources.fetch.registry import Source
from support.misbehaving_server import Fault, running_server
from support.source_files import left


@pytest.fixture
def server(monkeypatch):
    """Serves a source `words`: one file per language, and an archive whose checksum is known."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("words-2/sub/a.tsv", "a")
        opened.writestr("words-2/b.md", "b")
    entry = {
        "name": "words",
        "from": "https://upstream.invalid/words/{revision}/{path}",
        "revision": "v2",
        "files": ["{lang}.txt", "all.zip"],
        "languages": {"en": "eng", "sw": "swh"},
        "unpack": {"all.zip": ["sub/*.tsv"]},
        "strip": 1,
        "licence": "CC0",
        "commercial_use": True,
        "citation_key": "a2020b",
        "citation": "A 2020. B.",
    }
    monkeypatch.setattr(registry, "sources", lambda: {"words": Source.model_validate(entry)})
    checksum = f"sha256:{hashlib.sha256(archive.getvalue()).hexdigest()}"
    monkeypatch.setattr(remote_files, "checksums", lambda name: {"all.zip": (None, checksum)})
    with running_server() as running:
        running.files |= {
            "/words/v2/eng.txt": b"en",
            "/words/v2/swh.txt": b"sw",
            "/words/v2/all.zip": archive.getvalue(),
        }
        yield running


def test_files_and_unpacked_archives_lie_in_the_folder_of_source_and_revision(server, tmp_path):
    folder = obtain("words", tmp_path, ["sw"], mirror=server.url)
    assert folder == tmp_path / "words" / "v2"
    assert left(folder) == ["all.zip", "sub/a.tsv", "swh.txt"]


def test_runs_share_what_is_there(server, tmp_path):
    obtain("words", tmp_path, ["sw"], mirror=server.url)
    obtain("words", tmp_path, ["sw", "en"], mirror=server.url)
    assert [request.path for request in server.requests] == [
        "/words/v2/swh.txt",
        "/words/v2/all.zip",
        "/words/v2/eng.txt",
    ]
    obtain("words", tmp_path, mirror=server.url, offline=True)
    assert len(server.requests) == 3


def test_nothing_follows_a_wrong_checksum(server, tmp_path):
    server.faults["/words/v2/all.zip"] = Fault(wrong_bytes=True)
    with pytest.raises(InputError, match=r"all\.zip \(revision v2\): the file has the sha256 checksum"):
        obtain("words", tmp_path, ["sw"], mirror=server.url)
    assert [name for name in left(tmp_path) if not name.endswith(".lock")] == ["words/v2/swh.txt"]


def test_offline_the_first_missing_file_is_named(server, tmp_path):
    with pytest.raises(
        InputError, match=r"words/v2/eng\.txt: no such file, and downloads are off\. Get it from https://up"
    ):
        obtain("words", tmp_path, offline=True)


def test_languages_that_a_source_lacks_are_not_all_languages():
    assert languages_in("wikipedia", ["am", "ha", "luo"]) == ["ha"]
    assert languages_in("colexnet", ["am"]) is None, "it is not divided by language"
    with pytest.raises(InputError, match=r"data\.languages: wikipedia has none of am, luo; it has ar, bg"):
        languages_in("wikipedia", ["am", "luo"])
