"""Where a fetched file ends up: inside its folder, under its final name only after the checks, once for all jobs."""

import os
from collections.abc import Callable
from pathlib import Path, PureWindowsPath

from filelock import FileLock

from semantic_tokens.errors import InputError
from semantic_tokens.sources.fetch.integrity import defect
from semantic_tokens.sources.fetch.registry import RemoteFile


def inside(folder: Path, relative: str) -> Path:
    """The path of `relative` in `folder`. Raises InputError if that is outside, on any operating system."""
    path = PureWindowsPath(relative)  # knows / and \\, drives and roots
    if not path.parts or ".." in path.parts or path.drive or path.root:
        raise InputError(f"{relative!r} is outside {folder}: refused")
    return folder / relative


def keep(text: str, path: Path) -> None:
    """Write a server's answer; whoever looks for it finds all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def land(remote: RemoteFile, folder: Path, offline: bool, bring: Callable[[Path], None]) -> Path:
    """The path of the file in `folder`; `bring` writes it to a partial file if it is not there yet.

    The final name appears only on a file that passed all checks. Among several jobs, one downloads and the others wait.
    Raises InputError for a file that is not what it should be (deleted if it was just downloaded) or that is absent
    while `offline`.
    """
    final = inside(folder, remote.path)
    if final.exists():
        problem = defect(final, remote)
        if problem:
            raise InputError(f"{final}: the file {problem}. Delete it to have it downloaded again from {remote.url}.")
        return final
    if offline:
        raise InputError(f"{final}: no such file, and downloads are off. Get it from {remote.url}, or go online.")
    final.parent.mkdir(parents=True, exist_ok=True)
    lock = final.with_name(f".{final.name}.lock")
    with FileLock(lock):
        if not final.exists():  # else another job brought it meanwhile
            _bring_checked(remote, final, bring)
        lock.unlink(missing_ok=True)  # whoever comes later finds the file itself
    return final


def _bring_checked(remote: RemoteFile, final: Path, bring: Callable[[Path], None]) -> None:
    partial = final.with_name(f"{final.name}.partial")
    bring(partial)
    problem = defect(partial, remote)
    if problem:
        partial.unlink()
        raise InputError(f"{remote.url} (revision {remote.revision}): the file {problem}. It was deleted.")
    partial.replace(final)
