"""Members of a zip, read in place."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from semantic_tokens.errors import InputError
from semantic_tokens.sources.fetch.landing import inside

# What zipfile raises for an archive that is cut off, damaged or encrypted.
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)


def member_names(path: Path) -> list[str]:
    """The names in a zip, none of which climbs out of it."""
    try:
        with zipfile.ZipFile(path) as archive:
            return [name for name in archive.namelist() if inside(path, name)]
    except DAMAGE as error:
        raise InputError(f"{path}: the archive is cut off or damaged ({error})") from None


def member_lines(path: Path, member: str) -> Iterator[tuple[int, str]]:
    """`numbered_lines` of a member of a zip."""
    number = 0
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
            for number, raw in enumerate(stream, start=1):
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
                yield number, text.removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}, {member}, line {number}: not UTF-8 ({error.reason})") from None
    except DAMAGE as error:
        raise InputError(f"{path}, {member}, after line {number}: cut off or damaged ({error})") from None
