"""How much a token weighs where frequent ones shall count more: in a group's row, in the objective of K-Means."""

import numpy as np


def frequency_weights(counts: np.ndarray) -> np.ndarray:
    """float64 [V]: one more than a token's occurrences, counts int [languages, V], in languages that all have equally
    much text (the mean).

    A language so weighs as much as another, as in what a grouping loses; a token without an occurrence still counts a
    little.
    """
    totals = counts.sum(axis=1)
    share = counts[totals > 0] / totals[totals > 0, None]
    return 1 + share.sum(axis=0) * totals.sum() / max(1, len(share))
