"""The files below a folder, whatever links lead to them: data often lies on another disk, behind a link."""

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path


def files_below(folder: Path | str, name: str = "*") -> Iterator[Path]:
    """Every file at or below `folder` whose name matches `name`, folders that are links included; in no set order.

    A link to a folder that it lies in, which would lead round in a circle, is not followed. (Path.rglob follows none.)
    """
    folder = Path(folder)
    if folder.is_file() and fnmatchcase(folder.name, name):
        yield folder
    above = {folder: {os.path.realpath(folder)}}
    for here, inside, files in os.walk(folder, followlinks=True):
        around = above.pop(Path(here))
        real = {below: os.path.realpath(os.path.join(here, below)) for below in inside}  # noqa: PTH118
        inside[:] = [below for below in inside if real[below] not in around]
        above |= {Path(here) / below: around | {real[below]} for below in inside}
        yield from (path for file in files if fnmatchcase(file, name) and (path := Path(here) / file).is_file())
