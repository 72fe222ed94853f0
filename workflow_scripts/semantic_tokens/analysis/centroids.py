"""Mean directions of groups: which are nearest to each other, and a map of them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from semantic_tokens.analysis.tokens import ordinary
from semantic_tokens.grouping.partition import VocabularyPartition

_ATTRACTION, _POWER = 1.577, 0.895  # the curve that UMAP fits to a least distance of 0.1
_FURTHEST = 4.0  # of one move
_EPOCHS, _OTHERS, _WEIGHT = 150, 3, 4.0  # others: drawn for each point in each epoch, to push it away


@dataclass(frozen=True)
class Centroids:
    """Groups that have a direction, those of special and unused tokens left out.

    groups  int64 [n]: their ids, ascending
    unit    float32 [n, dim]: mean of the unit rows of their tokens, of length 1
    """

    groups: np.ndarray
    unit: np.ndarray


def read_table(path: Path) -> np.ndarray:
    """The table [V, dim], float32, that alignment wrote. Without torch, whose import takes longer than the rest."""
    from safetensors.numpy import load_file

    return load_file(path)["embeddings"]


def centroids(table: np.ndarray, partition: VocabularyPartition) -> Centroids:
    """The directions of a partition's groups in the table [V, dim] that was grouped."""
    from scipy.sparse import csr_matrix

    norms = np.sqrt(np.einsum("ij,ij->i", table, table))
    ids = np.flatnonzero(ordinary(partition) & (norms > 0))
    shape = (partition.n_groups, len(table))
    sums = csr_matrix((1 / norms[ids], (partition.group_of[ids], ids)), shape, dtype=np.float32) @ table
    lengths = np.linalg.norm(sums, axis=1)
    groups = np.flatnonzero(lengths > 0)
    return Centroids(groups, (sums[groups] / lengths[groups, None]).astype(np.float32))


def nearest(unit: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """(rows int64 [n, k], cosines float32 [n, k]) of the rows nearest to each row [n, dim] of length 1, the nearest
    first and the row itself left out; k falls to n - 1 where there are no more."""
    import faiss

    n, k = len(unit), min(k, len(unit) - 1)
    if k < 1:
        return np.empty((n, 0), np.int64), np.empty((n, 0), np.float32)
    index = faiss.IndexFlatIP(unit.shape[1])
    index.add(unit)
    cosines, rows = index.search(unit, k + 1)
    # Twins of a row may come before it, or crowd it out.
    is_self = rows == np.arange(n)[:, None]
    is_self[~is_self.any(axis=1), -1] = True
    return rows[~is_self].reshape(n, k), cosines[~is_self].reshape(n, k)


def place(unit: np.ndarray, neighbours: np.ndarray, seed: int) -> np.ndarray:
    """float32 [n, 2]: rows [n, dim] in the plane, so that each lies near its neighbours (rows int [n, k]).

    From the first two principal axes, neighbours attract and rows drawn at random repel each other by UMAP's gradients
    (McInnes et al., 2018). All move at once rather than one after another, so 12,500 rows take two seconds; UMAP itself
    takes that long to be imported.
    """
    n, k = neighbours.shape
    if n < 3 or k == 0:
        return np.stack([np.arange(n), np.zeros(n)], axis=1).astype(np.float32)
    centred = unit - unit.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    points = (centred @ axes[:, -2:]).astype(np.float64)
    points *= 10 / max(float(np.abs(points).max()), 1e-9)
    heads, tails, rng = np.repeat(np.arange(n), k), neighbours.ravel(), np.random.default_rng(seed)
    for epoch in range(_EPOCHS):
        rate = 1 - epoch / _EPOCHS
        pull = _attraction(points[heads] - points[tails])
        move = np.stack([np.bincount(heads, p, n) - np.bincount(tails, p, n) for p in pull.T], axis=1)
        for _ in range(_OTHERS):
            move += _WEIGHT * _repulsion(points - points[rng.integers(n, size=n)])
        points += np.clip(rate * move, -_FURTHEST, _FURTHEST) / 2
    return points.astype(np.float32)


def _attraction(difference: np.ndarray) -> np.ndarray:
    square = np.maximum((difference**2).sum(axis=1, keepdims=True), 1e-6)
    slope = -2 * _ATTRACTION * _POWER * square ** (_POWER - 1) / (1 + _ATTRACTION * square**_POWER)
    return np.clip(slope * difference, -_FURTHEST, _FURTHEST)


def _repulsion(difference: np.ndarray) -> np.ndarray:
    square = (difference**2).sum(axis=1, keepdims=True)
    slope = 2 * _POWER / ((0.001 + square) * (1 + _ATTRACTION * square**_POWER))
    return np.clip(slope * difference, -_FURTHEST, _FURTHEST)
