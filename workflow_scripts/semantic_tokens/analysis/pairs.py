"""Counting pairs of tokens that share a group, and what a random grouping would have."""

from collections.abc import Sequence

import numpy as np


def pair_counts(cells: np.ndarray, languages: Sequence[frozenset[str]]) -> tuple[int, int]:
    """Pairs of tokens in the same cell: (of words that some language has both, of words that none has both).

    cells      int [n]: the cell of each token
    languages  n sets: the languages that have the token's word
    """
    kinds = sorted(set(languages), key=sorted)
    column = {kind: i for i, kind in enumerate(kinds)}
    shared = np.array([[bool(a & b) for b in kinds] for a in kinds], dtype=np.int64)
    _, rows = np.unique(cells, return_inverse=True)
    counts = np.zeros((rows.max(initial=-1) + 1, len(kinds)), dtype=np.int64)
    np.add.at(counts, (rows, np.array([column[kind] for kind in languages], dtype=np.int64)), 1)
    sizes = counts.sum(axis=1)
    within = int(((counts @ shared.reshape(len(kinds), len(kinds))) * counts).sum() - sizes.sum()) // 2
    return within, int((sizes * (sizes - 1)).sum()) // 2 - within


def chance_of_a_shared_group(group_of: np.ndarray) -> float | None:
    """Of two distinct tokens drawn at random, how likely both are in one group, given the groups int [n].

    This is the expected recall of a random grouping of the same sizes, whatever the pairs to be found; its expected
    precision is the share of right ones among all pairs that could share a group.
    """
    sizes, n = np.unique(group_of, return_counts=True)[1], len(group_of)
    return share(int((sizes * (sizes - 1)).sum()), n * (n - 1))


def share(part: int, whole: int) -> float | None:
    """part / whole; None where there is nothing to have a share of."""
    return part / whole if whole else None


def f1(precision: float | None, recall: float | None) -> float | None:
    """The harmonic mean; None where either is not defined, 0 where both are 0."""
    if precision is None or recall is None:
        return None
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def shuffled_groups(group_of: np.ndarray, seed: int) -> np.ndarray:
    """The groups int [n] shuffled over the tokens: a random grouping of the same sizes."""
    return np.random.default_rng(seed).permutation(group_of)


def distinct(values: np.ndarray) -> np.ndarray:
    """The distinct values, ascending. Asked for no counts numpy would hash them, 20 times as slow on millions."""
    return np.unique(values, return_counts=True)[0]
