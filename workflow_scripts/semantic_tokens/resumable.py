"""A file from which a killed run resumes. It identifies its run, so that no other run resumes from it."""

import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import torch

from semantic_tokens import in_use
from semantic_tokens.damage import damage

_log = logging.getLogger(__name__)
SECONDS = 300.0  # between two writings, where time decides: what a kill may cost


def save(path: Path, identity: str, content: dict[str, Any]) -> None:
    """Write tensors and plain values; whoever looks finds the file before or this one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # A folder of this process's own: what a killed step has left running may write the same file.
    with in_use.draft(path.parent) as folder:
        temporary = folder / path.name
        with temporary.open("wb") as file:
            torch.save(content | {"identity": identity}, file)
            file.flush()
            os.fsync(file.fileno())  # or a power cut leaves the name without the content
        temporary.replace(path)


def load(path: Path, identity: str) -> dict[str, Any] | None:
    """What was saved, on the CPU; None where there is no file, or, with a line in the log, it is damaged or of another
    run."""
    if not path.exists():
        return None
    if wrong := damage(path):
        _log.warning("%s; the computation starts anew", wrong)
        return None
    content = torch.load(path, map_location="cpu", weights_only=True)
    if content["identity"] != identity:
        _log.info("%s belongs to another run and is not used", path)
        return None
    return content


class Checkpoint:
    """The file of a computation that may be short: nothing is written in its first `seconds`, then as often.

    `identity` is asked for when there is something to write or to read, so that a short run need not work it out.
    """

    def __init__(self, path: Path, identity: Callable[[], str], seconds: float | None = None) -> None:
        self.path, self.seconds = path, SECONDS if seconds is None else seconds
        self._identity = cache(identity)
        self._last = time.monotonic()

    def load(self) -> dict[str, Any] | None:
        """What was saved of this very run; None where there is nothing."""
        return load(self.path, self._identity()) if self.path.exists() else None

    def save_when_due(self, content: Callable[[], dict[str, Any]]) -> None:
        """Write what `content` gives if the last writing is long enough ago."""
        if time.monotonic() - self._last >= self.seconds:
            save(self.path, self._identity(), content())
            self._last = time.monotonic()


def arithmetic(device: torch.device | str) -> tuple[str, str, str]:
    """What decides the bits of a computation besides what it is given, as a part of a run's identity: the kind of
    device, the GPU's model or the number of arithmetic threads, and torch's version.

    A run that was begun with other threads and resumed would end with what neither number gives.
    """
    kind = torch.device(device).type
    unit = torch.cuda.get_device_name(device) if kind == "cuda" else f"{torch.get_num_threads()} threads"
    return kind, unit, torch.__version__


def identity_of(files: Iterable[Path | str], about: object) -> str:
    """A digest of what these files hold, in their order, and of `about`, whose repr must say its values."""
    digest = hashlib.sha256(repr(about).encode())
    for path in files:
        with Path(path).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
