"""95% intervals, by scipy where it has them."""

from collections.abc import Sequence

import numpy as np
from scipy import stats

Z = stats.norm.ppf(0.975)


def of_share(successes: int, n: int) -> tuple[float, float]:
    """Wilson's interval of a share."""
    interval = stats.binomtest(successes, n).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def of_mean(values: np.ndarray) -> tuple[float, float]:
    """Of the mean of independent draws; it needs two."""
    margin = Z * np.std(values, ddof=1) / np.sqrt(len(values))
    return float(np.mean(values) - margin), float(np.mean(values) + margin)


def of_average(values: Sequence[float], intervals: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Of the average of independent estimates, from the interval of each (Zou and Donner, 2008): where an estimate is
    at its limit, as 100% correct is, its interval is still not a point."""
    low, high = np.transpose(intervals)
    mean = np.mean(values)
    below, above = (np.sqrt(((np.array(values) - end) ** 2).sum()) / len(values) for end in (low, high))
    return float(mean - below), float(mean + above)


def of_rank_correlation(rho: float, n: int) -> tuple[float, float]:
    """Of Spearman's correlation, Fisher's transformation with the variance of Bonett and Wright (2000); n > 3."""
    margin = Z * np.sqrt((1 + rho**2 / 2) / (n - 3))
    centre = np.arctanh(np.clip(rho, -1 + 1e-12, 1 - 1e-12))
    return float(np.tanh(centre - margin)), float(np.tanh(centre + margin))
