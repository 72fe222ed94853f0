"""CSV tables as rows by column name. The same rows give the same bytes."""

import csv
import io
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
    """The rows of a CSV file by column name, all as text; InputError as `cells`."""
    columns, *rows = cells(path)
    return [dict(zip(columns, row)) for row in rows]


def cells(path: Path) -> list[list[str]]:
    """The rows of a CSV file as text, the columns' names first.

    Raises InputError for a file that does not exist, is empty or is cut: a row has as many cells as there are columns,
    and the last line ends.
    """
    try:
        text = Path(path).read_bytes().decode()
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: not UTF-8 ({error.reason} at byte {error.start}); delete it to have it made again"
        ) from None
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if not rows or not rows[0]:
        raise InputError(f"{path}: empty, without the names of its columns; delete it to have it made again")
    wrong = next((i for i, row in enumerate(rows) if len(row) != len(rows[0])), None)
    if wrong is not None or not text.endswith("\n"):
        row = len(rows) - 1 if wrong is None else wrong
        raise InputError(
            f"{path}, row {row}: cut off: {len(rows[row])} of {len(rows[0])} cells; delete it to have it made again"
        )
    return rows


def _write(handle: Any, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    writer = csv.writer(handle, lineterminator="\n")
    writer.writerows([_cell(row[name]) for name in columns] for row in rows)


def _cell(value: Any) -> Any:
    return "+".join(value) if isinstance(value, (list, tuple)) else value
