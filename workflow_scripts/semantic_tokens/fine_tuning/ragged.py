"""Rows of different lengths in one flat array: Arrow's list columns, in numpy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

TEXTS_AT_A_TIME = 20_000


@dataclass(frozen=True)
class Ragged:
    """n rows: row i is `values[offsets[i]:offsets[i + 1]]`; `offsets` has n + 1 entries and starts at 0."""

    values: np.ndarray
    offsets: np.ndarray

    @classmethod
    def from_lists(cls, rows: Sequence[Sequence[int] | np.ndarray]) -> Ragged:
        """Rows given one by one, as sequences of integers; the values are int32."""
        lengths = np.fromiter(map(len, rows), np.int64, len(rows))
        values = np.fromiter(chain.from_iterable(rows), np.int32, int(lengths.sum()))
        return cls(values, _offsets(lengths))

    @classmethod
    def from_arrow(cls, column: pa.ChunkedArray) -> Ragged:
        """A list column without nulls."""
        array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        offsets = np.asarray(array.offsets, dtype=np.int64)
        return cls(np.asarray(array.flatten()), offsets - offsets[0])

    @classmethod
    def read(
        cls,
        file: pq.ParquetFile,
        column: str,
        table: np.ndarray | None = None,
        row_groups: Sequence[int] | np.ndarray | None = None,
    ) -> Ragged:
        """A list<int32> column of a file, or of some of its `row_groups`; every value v is replaced by `table[v]` if
        that is given (see `lookup`).

        One row group is read at a time, so that it takes little more memory than the result.
        """
        leaf = file.schema_arrow.names.index(column)  # no column of features has more than one leaf
        groups = range(file.num_row_groups) if row_groups is None else [int(i) for i in row_groups]
        # Parquet counts an empty list as one value: there may be some room left at the end.
        values = np.empty(sum(file.metadata.row_group(i).column(leaf).num_values for i in groups), np.int32)
        used, lengths = 0, [np.empty(0, np.int64)]
        for i in groups:
            rows = cls.from_arrow(file.read_row_group(i, [column])[column])
            rows = rows if table is None else rows.lookup(table)
            values[used : used + len(rows.values)] = rows.values
            used += len(rows.values)
            lengths.append(rows.lengths)
        return cls(values[:used], _offsets(np.concatenate(lengths)))

    @classmethod
    def from_groups(cls, groups: np.ndarray, values: np.ndarray, n: int) -> Ragged:
        """Row i holds the `values` whose entry in `groups` is i, in the order given."""
        order = np.argsort(groups, kind="stable")
        return cls(values[order], _offsets(np.bincount(groups, minlength=n)))

    @classmethod
    def repeat(cls, row: Sequence[int], n: int) -> Ragged:
        """The same row n times."""
        return cls(np.tile(np.asarray(row, np.int32), n), np.arange(n + 1, dtype=np.int64) * len(row))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> np.ndarray:
        return self.values[self.offsets[row] : self.offsets[row + 1]]

    @property
    def lengths(self) -> np.ndarray:
        """Length of every row, int64 [n]."""
        return np.diff(self.offsets)

    def to_arrow(self) -> pa.ListArray:
        """The rows as an Arrow list<int32> array. Raises ArrowInvalid beyond 2^31 values."""
        return pa.ListArray.from_arrays(pa.array(self.offsets, pa.int32()), pa.array(self.values, pa.int32()))

    def slice(self, start: int, stop: int) -> Ragged:
        """The rows [start, stop), sharing the values."""
        offsets = self.offsets[start : stop + 1]
        return Ragged(self.values[offsets[0] : offsets[-1]], offsets - offsets[0])

    def take(self, rows: np.ndarray, limits: np.ndarray | int | None = None) -> Ragged:
        """These rows in this order, each cut to its limit (one for all, or one a row)."""
        starts = self.offsets[rows]
        lengths = self.offsets[np.asarray(rows) + 1] - starts
        if limits is not None:
            lengths = np.minimum(lengths, limits)
        return Ragged(self.values[_ranges(starts, lengths)], _offsets(lengths))

    def lookup(self, table: np.ndarray) -> Ragged:
        """Every value v replaced by `table[v]`. Raises ValueError if that is negative (a token that no group holds)."""
        values = table[self.values]
        if len(values) and values.min() < 0:
            token = int(self.values[values < 0][0])
            raise ValueError(f"token id {token} is in the features but in no group: features of another tokenizer?")
        return Ragged(values, self.offsets)

    def pad(self, fill: int) -> np.ndarray:
        """int64 [n, longest row], filled on the right."""
        padded = np.full((len(self), int(self.lengths.max(initial=0))), fill, np.int64)
        padded[self.mask()] = self.values
        return padded

    def mask(self) -> np.ndarray:
        """bool [n, longest row]: where `pad` puts values."""
        return np.arange(self.lengths.max(initial=0)) < self.lengths[:, None]


def held_ids(texts: Iterable[tuple[Ragged, np.ndarray]], specials: Sequence[int] = ()) -> np.ndarray:
    """The different ids, sorted, in these rows of these texts and among `specials`."""
    found = [np.array(specials, np.int64)]
    for ids, rows in texts:
        distinct = np.unique(rows)
        for start in range(0, len(distinct), TEXTS_AT_A_TIME):
            part = ids.take(distinct[start : start + TEXTS_AT_A_TIME]).values
            found.append(np.flatnonzero(np.bincount(part)))
    return np.unique(np.concatenate(found))


def join_rows(parts: Iterable[Ragged]) -> Ragged:
    """Row i is the concatenation of the parts' rows i; all parts have the same number of rows."""
    parts = list(parts)
    lengths = np.sum([part.lengths for part in parts], axis=0)
    offsets = _offsets(lengths)
    values = np.empty(int(offsets[-1]), np.int32)
    starts = offsets[:-1].copy()
    for part in parts:
        values[_ranges(starts, part.lengths)] = part.values
        starts += part.lengths
    return Ragged(values, offsets)


def _offsets(lengths: np.ndarray) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _ranges(starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """arange(start, start + length) of every row, concatenated."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(starts - (ends - lengths), lengths) + np.arange(total)
