"""Exact search for the largest dot products, block by block, with faiss."""

from __future__ import annotations

from collections.abc import Iterable

import faiss
import numpy as np


def best(queries: np.ndarray, blocks: Iterable[tuple[np.ndarray, np.ndarray]], n: int) -> tuple[np.ndarray, np.ndarray]:
    """Values and rows [queries, n] of the n largest dot products of each query, the largest first.

    `queries`: float32 [queries, dim]; `blocks`: pairs of row numbers [m] and their vectors, float32 [m, dim]. If
    there are fewer than n rows, the row is -1.
    """
    kept = faiss.ResultHeap(len(queries), n, keep_max=True)
    for rows, vectors in blocks:
        values, places = faiss.knn(queries, vectors, min(n, len(rows)), metric=faiss.METRIC_INNER_PRODUCT)
        kept.add_result(values, rows[places])
    kept.finalize()
    return kept.D, kept.I
