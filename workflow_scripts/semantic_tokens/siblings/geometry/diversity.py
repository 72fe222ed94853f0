"""How many writing systems are among a token's nearest neighbours? (arXiv 2311.18034: 7.61 in mT5, of 50
neighbours.)"""

from collections.abc import Sequence

import numpy as np
from scipy.special import gammaln

from semantic_tokens.analysis import intervals
from semantic_tokens.analysis.measures import Measure


def diversity(systems: np.ndarray, neighbours: Sequence[np.ndarray], k: int, name: str) -> list[Measure]:
    """Mean number of distinct systems among the neighbours, and as `{name}_sd` its standard deviation over the tokens.

    systems     int [N]: the system of each token, -1 for one that has none and counts as none
    neighbours  for each token asked, the tokens that count, k where there are as many
    """
    counts = np.array([distinct(systems[tokens]) for tokens in neighbours], float)
    low, high = intervals.of_mean(counts)
    n, chance = len(counts), expected_at_random(systems, k)
    return [
        Measure(name, "", float(counts.mean()), n, low=low, high=high, chance=chance),
        Measure(f"{name}_sd", "", float(counts.std(ddof=1)), n),
    ]


def distinct(systems: np.ndarray) -> int:
    return len(np.unique(systems[systems >= 0]))


def expected_at_random(systems: np.ndarray, k: int) -> float:
    """Distinct systems expected among k of the N tokens, drawn without replacement, in closed form."""
    sizes, n = np.bincount(systems[systems >= 0]), len(systems)
    others = n - sizes[sizes > 0]
    k = min(k, n)
    able = others >= k  # to fill the draw alone, and so to leave the system out
    left_out = np.zeros(len(others))
    left_out[able] = np.exp(_log_choose(others[able], k) - _log_choose(np.array([n]), k))
    return float((1 - left_out).sum())


def _log_choose(n: np.ndarray, k: int) -> np.ndarray:
    return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
