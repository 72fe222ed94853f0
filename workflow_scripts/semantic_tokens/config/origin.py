"""Where a key of the config was given: a config is put together from files and the command line."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Layer = tuple[str, Mapping[str, Any]]  # a name for messages, and what it gives; a later one is merged over the earlier
COMMAND_LINE = "--config"


def layers(files: Sequence[tuple[Path, Mapping[str, Any]]], command_line: Mapping[str, Any]) -> list[Layer]:
    """Files by the shortest path from the working directory, then what `--config` gives, if anything."""
    named = [(_shortest(path), content) for path, content in files]
    return [*named, (COMMAND_LINE, command_line)] if command_line else named


def origin(key: Sequence[str | int], given: Sequence[Layer]) -> str:
    """The name of the layer that decides a key: the last of those that have the most of its path. All names where none
    has any of it, as of a section that is missing."""
    depths = [_depth(key, content) for _, content in given]
    if not max(depths, default=0):
        return " + ".join(name for name, _ in given) or "config"
    last = max(range(len(given)), key=lambda i: (depths[i], i))
    return given[last][0]


def _depth(key: Sequence[str | int], content: Any) -> int:
    """How many parts of the path are there; an entry of a list is given with its list."""
    for depth, part in enumerate(key):
        if not isinstance(content, Mapping) or part not in content:
            return depth
        content = content[part]
    return len(key)


def _shortest(path: Path) -> str:
    absolute, here = Path(path).absolute(), Path.cwd()
    return str(absolute.relative_to(here) if absolute.is_relative_to(here) else absolute)
