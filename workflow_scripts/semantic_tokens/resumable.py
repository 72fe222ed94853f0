"""A file from which a run goes on after a kill. It says of which run it is, so that no other run takes it up."""

import logging
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

_log = logging.getLogger(__name__)


def save(path: Path, identity: str, content: dict[str, Any]) -> None:
    """Write tensors and plain values; whoever looks finds the file before or this one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # A folder of this process's own: what a killed step has left running may write the same file.
    with TemporaryDirectory(prefix=".partial-", dir=path.parent) as folder:
        temporary = Path(folder) / path.name
        torch.save(content | {"identity": identity}, temporary)
        temporary.replace(path)


def load(path: Path, identity: str) -> dict[str, Any] | None:
    """What was saved, on the CPU; None where there is no file or it is of another run."""
    if not path.exists():
        return None
    content = torch.load(path, map_location="cpu", weights_only=True)
    if content["identity"] != identity:
        _log.info("%s belongs to another run and is not used", path)
        return None
    return content
