"""CSV tables as rows by column name. The same rows give the same bytes."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from semantic_tokens.errors import InputError


def write(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write a header and the rows: a float in the shortest form that reads back as the same float, a list or tuple
    joined by `+`, None empty. Keys that are not in `columns` are left out; a missing one raises KeyError."""
    with Path(path).open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerow(columns)
        _write(handle, columns, rows)


def append(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Add rows below those that `write` wrote with these columns."""
    with Path(path).open("a", encoding="utf-8", newline="") as handle:
        _write(handle, columns, rows)


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file by column name, all as text; InputError if the file does not exist."""
    try:
        with Path(path).open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None


def _write(handle: Any, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    writer = csv.writer(handle, lineterminator="\n")
    writer.writerows([_cell(row[name]) for name in columns] for row in rows)


def _cell(value: Any) -> Any:
    return "+".join(value) if isinstance(value, (list, tuple)) else value
