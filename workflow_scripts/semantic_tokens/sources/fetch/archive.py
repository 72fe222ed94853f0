"""Take chosen files out of an archive: all of them or none, and never outside the folder."""

import gzip
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatch
from functools import partial as bound
from pathlib import Path, PurePosixPath
from shutil import copyfileobj
from typing import IO

from semantic_tokens.errors import InputError
from semantic_tokens.sources.fetch.landing import inside

# What the libraries raise for an archive that is cut off, damaged, encrypted, or no archive at all.
_DAMAGE = (zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, RuntimeError)
_Member = tuple[str, Callable[[], IO[bytes] | None] | None]  # name, and how to open it: None for a link or a device


def extract(archive: Path, folder: Path, members: Sequence[str], strip: int = 0) -> list[Path]:
    """The paths in `folder` of the files in a .zip, .tar or .tar.gz that match the patterns `members`, sorted.

    `strip` leading folders are cut from the names first. Nothing appears in `folder` unless the archive could be read
    to its end. Raises InputError naming the archive for one that is cut off or damaged, for a name that climbs out of
    the folder, for a wanted member that is a link, and for a pattern that matches nothing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".extract-") as staging:
        try:
            names = sorted(_unpack(archive, Path(staging), members, strip))
        except _DAMAGE as error:
            raise InputError(f"{archive}: the archive is cut off or damaged ({error})") from None
        for pattern in members:
            if not any(fnmatch(name, pattern) for name in names):
                raise InputError(f"{archive}: contains nothing that matches {pattern!r}")
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(staging) / name).replace(folder / name)
    return [folder / name for name in names]


def _unpack(archive: Path, staging: Path, patterns: Sequence[str], strip: int) -> set[str]:
    """Write the wanted members under `staging`; their names without the stripped folders."""
    names = set()
    for full_name, opener in _zip_members(archive) if archive.suffix == ".zip" else _tar_members(archive):
        inside(staging, full_name)
        name = "/".join(PurePosixPath(full_name).parts[strip:])
        if not any(fnmatch(name, pattern) for pattern in patterns):
            continue
        stream = opener() if opener else None
        if stream is None:
            raise InputError(f"{archive}: {full_name!r} is a link or a device: refused")
        (staging / name).parent.mkdir(parents=True, exist_ok=True)
        with stream, (staging / name).open("wb") as out:
            copyfileobj(stream, out)
        names.add(name)
    return names


def _zip_members(archive: Path) -> Iterator[_Member]:
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            if not info.is_dir():
                link = stat.S_ISLNK(info.external_attr >> 16)
                yield info.filename, None if link else bound(opened.open, info)


def _tar_members(archive: Path) -> Iterator[_Member]:
    with tarfile.open(archive) as opened:
        for info in opened:
            if not info.isdir():
                yield info.name, bound(opened.extractfile, info) if info.isfile() else None
