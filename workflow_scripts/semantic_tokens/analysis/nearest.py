"""Nearest neighbours among paired vectors."""

import numpy as np


def strictly_nearest(cosines: np.ndarray) -> int:
    """Rows of a square matrix whose diagonal entry is larger than all others, by more than rounding."""
    own = np.diagonal(cosines)
    others = cosines.copy()
    np.fill_diagonal(others, -np.inf)
    return int((own > others.max(axis=1) + 1e-6).sum())
