"""95% intervals of means and of shares."""

import numpy as np
from scipy import stats

_Z = 1.959963984540054


def of_mean(values: np.ndarray) -> tuple[float, float]:
    """Normal interval of the mean of independent values [n], n >= 2."""
    mean, error = float(values.mean()), float(values.std(ddof=1) / len(values) ** 0.5)
    return mean - _Z * error, mean + _Z * error


def of_share(hits: int, n: int) -> tuple[float, float]:
    """Wilson's interval of a share of n independent trials."""
    low, high = stats.binomtest(hits, n).proportion_ci(method="wilson")
    return float(low), float(high)
