"""Which rows of large Parquet files to take: an even share of each file, in short runs, so that most stays unread."""

from collections.abc import Sequence

import numpy as np

_RUN = 100  # rows taken side by side: only row groups (1,000 rows each, often) with a run in them are read


def even_sample(sizes: Sequence[int], n: int, seed: int) -> list[np.ndarray]:
    """For each file the rows to take (int, ascending, from 0): `n` in all, or all rows if there are not more.

    sizes: rows of each file; shares are in proportion to them. A run lies in a random place of each of equal stretches.
    """
    total = sum(sizes)
    bounds = [sum(sizes[:i]) * min(n, total) // max(total, 1) for i in range(len(sizes) + 1)]
    return [_draw(size, bounds[i + 1] - bounds[i], np.random.default_rng([seed, i])) for i, size in enumerate(sizes)]


def _draw(size: int, n: int, rng: np.random.Generator) -> np.ndarray:
    """int [n], ascending: of the numbers below `size`, a run in a random place of each of equal stretches."""
    if n == 0:
        return np.empty(0, np.int64)
    n_runs = -(-n // _RUN)
    edges = np.arange(n_runs + 1) * size // n_runs
    lengths = np.diff(edges * n // size)  # n in all, none longer than its stretch
    starts = rng.integers(edges[:-1], edges[1:] - lengths, endpoint=True)
    return np.concatenate([np.arange(start, start + length) for start, length in zip(starts, lengths)])
