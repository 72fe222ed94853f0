"""95% intervals of what the analyses measure."""

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats

Z = float(stats.norm.ppf(0.975))


def of_share(share: float, n: int) -> tuple[float, float]:
    """Wilson's interval (1927) of a share of n items; the share may be a mean over seeds, so not of a whole number."""
    centre, spread = share + Z**2 / (2 * n), Z * math.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    # At 0 and at 1 rounding might leave the share itself outside.
    return min(share, (centre - spread) / (1 + Z**2 / n)), max(share, (centre + spread) / (1 + Z**2 / n))


def of_ratio(target: float, n_target: int, source: float, n_source: int) -> tuple[float | None, float | None]:
    """95% interval of target / source, two shares of different items, on the logarithm (Katz et al. 1978).

    (None, None) where the target's share is 0, which has no logarithm.
    """
    if not target:
        return None, None
    deviation = math.sqrt((1 - target) / (n_target * target) + (1 - source) / (n_source * source))
    return target / source * math.exp(-Z * deviation), target / source * math.exp(Z * deviation)


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
