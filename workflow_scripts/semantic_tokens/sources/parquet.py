"""Parquet files batch by batch, however large: only the columns asked for, and errors that name file and row."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from semantic_tokens.errors import InputError

_BATCH = 1000  # rows held at a time


def record_batches(
    path: Path, columns: Sequence[str], chosen: np.ndarray | None = None
) -> Iterator[tuple[int, pa.RecordBatch]]:
    """(number of its first row, from 0; batch) of a Parquet file, only of row groups that hold a `chosen` row if given.

    `chosen`: int [m], row numbers from 0, ascending. Raises InputError naming the file for one that is cut off, damaged
    or without a column.
    """
    file = _opened(path, columns)
    start = 0
    for group in range(file.num_row_groups):
        size = file.metadata.row_group(group).num_rows
        if chosen is None or len(within(chosen, start, size)):
            yield from _numbered(path, file.iter_batches(_BATCH, row_groups=[group], columns=list(columns)), start)
        start += size


def n_rows(path: Path, columns: Sequence[str]) -> int:
    """How many rows the file has, from its end alone. Raises InputError as `record_batches`."""
    return _opened(path, columns).metadata.num_rows


def within(chosen: np.ndarray, start: int, size: int) -> np.ndarray:
    """Those of the ascending row numbers that are among the `size` rows from `start`."""
    first, last = np.searchsorted(chosen, [start, start + size])
    return chosen[first:last]


def _numbered(path: Path, batches: Iterator[pa.RecordBatch], start: int) -> Iterator[tuple[int, pa.RecordBatch]]:
    try:
        for batch in batches:
            yield start, batch
            start += batch.num_rows
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError(f"{path}, after row {start}: the file is damaged ({error})") from None


def _opened(path: Path, columns: Sequence[str]) -> pq.ParquetFile:
    try:
        file = pq.ParquetFile(path)
    except pa.ArrowInvalid as error:
        raise InputError(f"{path}: cut off, or not a Parquet file ({error})") from None
    for column in columns:
        if column not in file.schema_arrow.names:
            raise InputError(f"{path}: no column {column!r}; found: {', '.join(file.schema_arrow.names)}")
    return file
