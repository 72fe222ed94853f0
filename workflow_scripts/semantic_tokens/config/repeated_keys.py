"""A key that appears twice in a section of a YAML file: its reader keeps the last, and what the first gave is gone."""

from collections.abc import Iterator
from pathlib import Path

import yaml

from semantic_tokens.errors import InputError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE = "tag:yaml.org,2002:merge"  # `<<` may appear twice: both are merged


def refuse_repeated_keys(path: Path) -> None:
    """Raises InputError that names every key that a section of the file gives twice, with both lines.

    Of a file that is not YAML nothing is said here: whoever reads it says what is wrong.
    """
    try:
        root = yaml.compose(Path(path).read_text(encoding="utf-8"), _LOADER)
    except (yaml.YAMLError, UnicodeDecodeError):
        return
    found = [
        f"{path}, lines {first} and {second}: the key {key} is given twice; allowed: once"
        for key, first, second in sorted(_repeated(root), key=lambda found: found[1:])
    ]
    if found:
        raise InputError("\n".join(found))


def _repeated(root: yaml.Node | None) -> Iterator[tuple[str, int, int]]:
    """(path of the key, line of the first, line of the next)."""
    waiting, seen = [(root, "")], set[int]()  # an alias is the node that it stands for
    while waiting:
        node, path = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += [(entry, f"{path}[{i}]") for i, entry in enumerate(node.value)]
        elif isinstance(node, yaml.MappingNode):
            lines: dict[str, int] = {}
            for key, value in node.value:
                if isinstance(key, yaml.ScalarNode) and key.tag != _MERGE:
                    name, line = f"{path}.{key.value}".removeprefix("."), key.start_mark.line + 1
                    if name in lines:
                        yield name, lines[name], line
                    lines[name] = line
                    waiting.append((value, name))
