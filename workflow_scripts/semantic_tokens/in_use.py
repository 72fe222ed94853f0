"""Marks of a process that is at work, which no kill leaves behind: the kernel lifts the lock of a process that ends.

In a folder that many machines share, one may not see the locks of another, so a mark also names its machine, and only
marks of this one are ever judged.
"""

import fcntl
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_DRAFT = ".partial-"
_MARK = ".in-use"


@contextmanager
def draft(parent: Path, about: str = "") -> Iterator[Path]:
    """A folder for what is not whole yet, removed in the end; before, those are that killed processes left there."""
    clear(parent.glob(f"{_DRAFT}*"))
    folder = Path(tempfile.mkdtemp(prefix=f"{_DRAFT}{about}", dir=parent))
    try:
        with (folder / _MARK).open("w", encoding="utf-8") as mark:
            mark.write(platform.node())
            mark.flush()
            with suppress(OSError):  # a file system without locks: then nobody can take it either
                fcntl.flock(mark, fcntl.LOCK_SH | fcntl.LOCK_NB)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_below(root: Path) -> None:
    """Remove the drafts of killed processes in a folder and all below it."""
    clear(Path(root).rglob(f"{_DRAFT}*"))


def clear(folders: Iterator[Path]) -> None:
    """Remove those drafts that no living process of this machine writes and that none of another machine began."""
    for folder in list(folders):
        with suppress(OSError), (folder / _MARK).open("r+", encoding="utf-8") as mark:
            if mark.read() == platform.node() and _alone(mark):
                shutil.rmtree(folder, ignore_errors=True)


class Presence:
    """That a process works in a folder, from now to its end, however it ends.

    `killed_before`: one of this machine had been there, did not leave in order, and none is there now.
    """

    def __init__(self, mark: Path) -> None:
        """Raises OSError where the folder of the mark cannot be written, or has no locks."""
        mark.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.fdopen(os.open(mark, os.O_RDWR | os.O_CREAT, 0o666), "r+", encoding="utf-8")
        present = self._read()
        self.killed_before = present == {platform.node()} and _alone(self._file)
        fcntl.flock(self._file, fcntl.LOCK_SH)
        self._write(present | {platform.node()})

    def leave(self) -> None:
        """In order. The mark still names this machine if another process of it is there."""
        with self._file:
            if _alone(self._file):
                self._write(self._read() - {platform.node()})

    def _read(self) -> set[str]:
        self._file.seek(0)
        return set(self._file.read().split())

    def _write(self, machines: set[str]) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._file.write("\n".join(sorted(machines)))
        self._file.flush()


def _alone(mark: IO[str]) -> bool:
    """Whether no other process holds the mark; then this one does, and nobody else may."""
    try:
        fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
