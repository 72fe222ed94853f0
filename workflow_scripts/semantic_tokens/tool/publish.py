"""A folder that appears under its name when it is complete, and not before."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from semantic_tokens.errors import InputError


@contextmanager
def published_folder(folder: Path) -> Iterator[Path]:
    """Yields an empty folder to write into, which becomes `folder` when the body has ended well.

    Raises InputError where `folder` holds something already, before anything is computed.
    """
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise InputError(f"{folder}: exists already; name another folder, or remove this one")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".partial-{folder.name}-", dir=folder.parent) as drafts:
        draft = Path(drafts) / folder.name
        draft.mkdir()
        yield draft
        draft.replace(folder)


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
