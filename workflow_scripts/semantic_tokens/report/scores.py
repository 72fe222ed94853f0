"""The score table of a run: every file of scores in one, with the run and the studies that need each row."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from semantic_tokens import csv_rows, tables
from semantic_tokens.conditions import Unit
from semantic_tokens.errors import InputError

_COLUMNS = tables.SCHEMAS["scores"].names
# scores.csv has no column `condition`: it keeps the columns that it had before tables got one.
CSV_COLUMNS = [name for name in _COLUMNS if name != "condition"]
_KEY = [name for name in CSV_COLUMNS if name not in ("study", "value", "chance", "n", "passages", "settings")]


def collect(paths: Iterable[Path], run: str, studies: Mapping[str, Sequence[str]]) -> pa.Table:
    """The table `scores` in a fixed order, from files that have its columns except `run` and `study`.

    `studies` maps "<condition>/<task>@<transfer>#<seed>" to the names of the studies that need it; rows of other units
    are left out, for a file may hold tasks that no study asks of its condition. Raises InputError for a file that is
    not such a table, for a row that is in two files, and for a wanted unit without a row.
    """
    found: dict[tuple[Any, ...], tuple[Path, dict[str, Any]]] = {}
    for path in map(Path, paths):
        for row in _read(path, run):
            key = tuple(row[name] for name in _KEY)
            if key in found:
                raise InputError(
                    f"{path}: {unit_of(row)} in {row['lang']}, {row['metric']}, is also in {found[key][0]}"
                )
            found[key] = path, row
    by_key = [found[key][1] | {"study": sorted(studies.get(unit_of(found[key][1]), ()))} for key in sorted(found)]
    missing = sorted(set(studies) - {unit_of(row) for row in by_key})
    if missing:
        raise InputError(f"{len(missing)} units have no score, the first: {missing[0]}")
    return pa.Table.from_pylist([row for row in by_key if row["study"]], tables.SCHEMAS["scores"])


def unit_of(row: Mapping[str, Any]) -> str:
    """ "<condition>/<task>@<transfer>#<seed>" of a score row."""
    return f"{row['condition']}/{Unit(row['task'], row['transfer'], row['seed'])}"


def write_csv(scores: pa.Table, path: Path) -> None:
    """Write a `scores` table as scores.csv."""
    csv_rows.write(CSV_COLUMNS, scores.to_pylist(), path)


def _read(path: Path, run: str) -> list[dict[str, Any]]:
    table = pq.ParquetFile(path).read()
    names = pa.array([run] * table.num_rows, pa.string())
    nothing = pa.array([[]] * table.num_rows, pa.list_(pa.string()))
    table = table.append_column("run", names).append_column("study", nothing)
    tables.validate("scores", table, str(path))
    return table.select(_COLUMNS).to_pylist()
