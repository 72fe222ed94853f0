"""Archives: the chosen members land, all or none, and nothing gets out of the folder."""

import io
import tarfile
import zipfile

import pytest

from semantic_tokens.sources.fetch.archive import extract
from support.source_files import left, refused

FILES = {"top/a.tsv": b"a\n" * 5000, "top/sub/b.tsv": b"b\n", "top/notes.md": b"n"}


def make(tmp_path, suffix, files=FILES):
    path = tmp_path / f"archive{suffix}"
    if suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.mkdir("top")
            for name, content in files.items():
                archive.writestr(name, content)
        return path
    with tarfile.open(path, "w:gz" if suffix.endswith("gz") else "w") as archive:
        folder = tarfile.TarInfo("top")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def refusal(archive, folder, members=("*.tsv",), strip=0):
    message = refused(extract, archive, folder, members, strip)
    assert not folder.exists() or not left(folder)
    return message


SUFFIXES = pytest.mark.parametrize("suffix", [".zip", ".tar", ".tar.gz"])


@SUFFIXES
def test_chosen_members_land_at_their_paths(tmp_path, suffix):
    archive, folder = make(tmp_path, suffix), tmp_path / "out"
    assert extract(archive, folder, ["top/*.tsv"]) == [folder / "top/a.tsv", folder / "top/sub/b.tsv"]
    assert left(folder) == ["top/a.tsv", "top/sub/b.tsv"]
    assert (folder / "top/a.tsv").read_bytes() == FILES["top/a.tsv"]


@SUFFIXES
def test_leading_folders_are_cut_before_the_patterns_apply(tmp_path, suffix):
    folder = tmp_path / "out"
    extract(make(tmp_path, suffix), folder, ["sub/b.tsv", "notes.md"], strip=1)
    assert left(folder) == ["notes.md", "sub/b.tsv"]


def test_a_leading_dot_is_not_a_folder(tmp_path):
    folder = tmp_path / "out"
    extract(make(tmp_path, ".tar.gz", {"./a.tsv": b"a"}), folder, ["a.tsv"])
    assert left(folder) == ["a.tsv"]


def test_extracting_again_replaces(tmp_path):
    folder = tmp_path / "out"
    extract(make(tmp_path, ".zip"), folder, ["*.tsv"])
    extract(make(tmp_path, ".zip", {"top/a.tsv": b"new"}), folder, ["*.tsv"])
    assert (folder / "top/a.tsv").read_bytes() == b"new"


@SUFFIXES
@pytest.mark.parametrize("name", ["../x.tsv", "top/../../x.tsv", "/etc/x.tsv", "..\\x.tsv", "../x.md"])
def test_a_name_that_climbs_out_is_refused(tmp_path, suffix, name):
    message = refusal(make(tmp_path, suffix, {**FILES, name: b"x"}), tmp_path / "out")
    assert f"{name!r} is outside" in message
    assert not list(tmp_path.rglob("x.*"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_a_link_in_a_tar_is_refused_where_it_is_wanted(tmp_path, kind):
    archive = make(tmp_path, ".tar")
    with tarfile.open(archive, "a") as opened:
        member = tarfile.TarInfo("top/link.tsv")
        member.type, member.linkname = kind, "/etc/passwd"
        opened.addfile(member)
    assert f"{archive}: 'top/link.tsv' is a link or a device: refused" in refusal(archive, tmp_path / "out")
    extract(archive, tmp_path / "out", ["top/a.tsv"])


def test_a_link_in_a_zip_is_refused(tmp_path):
    archive = make(tmp_path, ".zip")
    with zipfile.ZipFile(archive, "a") as opened:
        member = zipfile.ZipInfo("top/link.tsv")
        member.external_attr = 0o120777 << 16
        opened.writestr(member, "/etc/passwd")
    assert "'top/link.tsv' is a link or a device: refused" in refusal(archive, tmp_path / "out")


@SUFFIXES
@pytest.mark.parametrize("cut", [40, 600])
def test_an_archive_that_is_cut_off_leaves_nothing(tmp_path, suffix, cut):
    archive = make(tmp_path, suffix, {**FILES, "top/c.tsv": bytes(range(256)) * 8})
    content = archive.read_bytes()
    archive.write_bytes(content[: -cut if suffix != ".tar" else -cut - 10_000])
    assert f"{archive}: the archive is cut off or damaged" in refusal(archive, tmp_path / "out")


@pytest.mark.parametrize("suffix", [".zip", ".tar.gz"])
def test_a_damaged_member_leaves_nothing(tmp_path, suffix):
    archive = make(tmp_path, suffix)
    content = bytearray(archive.read_bytes())
    content[60 if suffix == ".tar.gz" else content.index(b"a.tsv") + 12] ^= 0xFF
    archive.write_bytes(content)
    assert "cut off or damaged" in refusal(archive, tmp_path / "out")


@pytest.mark.parametrize("suffix", [".zip", ".tar.gz"])
def test_what_is_not_an_archive(tmp_path, suffix):
    (tmp_path / f"page{suffix}").write_text("<html>Sign in first</html>")
    assert "cut off or damaged" in refusal(tmp_path / f"page{suffix}", tmp_path / "out")


def test_a_pattern_that_matches_nothing_is_named(tmp_path):
    archive = make(tmp_path, ".zip")
    assert f"{archive}: contains nothing that matches 'top/z*.tsv'" in refusal(
        archive, tmp_path / "out", ["top/z*.tsv", "*.md"]
    )
