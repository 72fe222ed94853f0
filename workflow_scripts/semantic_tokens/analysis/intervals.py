"""95% intervals of what the analyses measure."""

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats

Z = float(stats.norm.ppf(0.975))
# Percent that `of_crossed_ratio` covers in simulation, least and most, where 95 is meant: with 5 to 18 languages and
# one, three or five seeds; with two seeds; whatever the seeds, with two languages and with three or four.
COVERED = {"usual": (92, 97), "two seeds": (88, 97), "two languages": (75, 98), "three or four languages": (89, 97)}


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
    """Student's, of the mean of independent draws; it needs two."""
    margin = student(len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    return float(np.mean(values) - margin), float(np.mean(values) + margin)


def of_crossed_ratio(target: np.ndarray, source: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """95% interval of E[target] / E[source] from scores by seed and language, float [..., seeds, languages] each.

    Both are drawn in the same languages, and seed by seed: a two-way layout with one score per cell, which language and
    seed share between cells. The estimate is the ratio of the two means, so that a score of 0 in one language does no
    harm. What it estimates:

    several seeds  the ratio of expected scores over all languages and seeds like these
    one seed       the ratio of expected scores over all languages like these, given this seed: how far another seed
                   would move it is not in the interval

    On the logarithm the ratio is the mean of cells target / mean(target) - source / mean(source). Its half-widths for
    languages (Student's, from the languages' mean square) and for seeds (Student's, from what the seeds' mean square
    has beyond the residual one) add as squares; languages' carries the residual. The seeds' mean square is lessened by
    .85 + .75 / languages of the residual one: by all of it there would be no bias, but 91% covered where three seeds
    differ and 18 languages hardly do. Resampling cells as if they were independent covers far less (Owen, 2007, The
    pigeonhole bootstrap). tests/analysis/test_intervals_coverage.py measures what this covers (`COVERED`).

    Raises ValueError for fewer than two languages, or shapes that differ. A mean of 0 gives NaN.
    """
    if target.shape != source.shape or target.shape[-1] < 2:
        raise ValueError(
            f"scores {target.shape} and {source.shape}: the same seeds and two languages or more are needed"
        )
    seeds, languages = target.shape[-2:]
    means = [side.mean((-2, -1), keepdims=True) for side in (target, source)]
    with np.errstate(divide="ignore", invalid="ignore"):
        cells = target / means[0] - source / means[1]
        ratio = (means[0] / means[1])[..., 0, 0]
    by_language, by_seed = cells.mean(-2, keepdims=True), cells.mean(-1, keepdims=True)
    squared = student(languages - 1) ** 2 * (by_language**2).sum((-2, -1)) / (languages - 1) / languages
    if seeds > 1:
        residual = ((cells - by_language - by_seed) ** 2).sum((-2, -1)) / ((seeds - 1) * (languages - 1))
        less = (0.85 + 0.75 / languages) * residual / languages
        beyond = np.maximum((by_seed**2).sum((-2, -1)) / (seeds - 1) - less, 0)
        squared = squared + student(seeds - 1) ** 2 * beyond / seeds
    return ratio * np.exp(-np.sqrt(squared)), ratio * np.exp(np.sqrt(squared))


def of_average(values: Sequence[float], intervals: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Of the average of independent estimates, from the interval of each (Zou and Donner, 2008): where an estimate is
    at its limit, as 100% correct is, its interval is still not a point."""
    low, high = np.transpose(intervals)
    mean = np.mean(values)
    below, above = (np.sqrt(((np.array(values) - end) ** 2).sum()) / len(values) for end in (low, high))
    return float(mean - below), float(mean + above)


def of_rank_correlation(rho: float, n: int) -> tuple[float, float]:
    """Of Spearman's correlation, Fisher's transformation with the variance of Bonett and Wright (2000); n > 3."""
    centre = math.atanh(min(max(rho, -1 + 1e-12), 1 - 1e-12))
    margin = Z * math.sqrt((1 + rho**2 / 2) / (n - 3))
    return math.tanh(centre - margin), math.tanh(centre + margin)


def student(freedom: int) -> float:
    """The 97.5% quantile of Student's distribution, by which a standard error becomes a half-width."""
    return float(stats.t.ppf(0.975, freedom))
