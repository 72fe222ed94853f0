"""From comparisons to verdicts: the one rule by which claims are decided.

A comparison of scores is decided against twice its standard error over seeds. Noise alone exceeds that on one side in
9% of differences of two seeds each, 6% of three, 4% of five. A sentence that makes many comparisons holds if all hold,
but fails only if the worst one falls short by more than noise would explain among that many. A comparison based
on a single seed has no spread and decides nothing. Numbers that are counted or printed (parameters, peak memory, a
paper's own tables) have a standard error of 0 and are taken as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt
from statistics import fmean

from scipy import stats

from semantic_tokens.report.claims.arithmetic import ERRORS, Comparison
from semantic_tokens.report.claims.scores import Value

HOLDS, FAILS, NOT_MEASURED = "holds", "fails", "not measured"
ONE_SEED, NO_SPREAD = "undecided (one seed)", "undecided (no spread)"
WITHIN_NOISE, NOTHING_LOSES = "undecided (within noise)", "undecided (nothing loses)"
LEAST_LOSS = 0.01  # of the best score, by which the worst must fall behind for a task to count as one that can lose
_BY_CHANCE = 0.05  # how often noise alone may look like such a loss


@dataclass(frozen=True)
class Decision:
    """A verdict, why it is not `holds`, and the comparisons that decide it, worst first."""

    verdict: str
    why: str
    deciding: tuple[Comparison, ...]


def decide(found: Sequence[Comparison | None], seeds: int | None, flat: Sequence[str] = ()) -> Decision:
    """HOLDS if all comparisons were made and hold, FAILS if one fails; otherwise why it is undecided.

    found  the comparisons that a sentence needs; None: a score that it needs is missing
    seeds  the least number of seeds that a score is a mean of, None without scores
    flat   what the sentence says is kept, and nothing in the run loses (`can_lose`): such a sentence cannot hold
    """
    made = sorted((comparison for comparison in found if comparison), key=lambda c: c.slack)
    against = _errors_against(len(made), seeds)
    failed = [c for c in made if c.outcome is False and c.error is not None and -c.slack >= against * c.error]
    still_open = [comparison for comparison in made if not comparison.outcome and comparison not in failed]
    if failed:
        return Decision(FAILS, f"{len(failed)} of {len(made)} comparisons contradict it", tuple(failed))
    if not made or len(made) < len(found):
        return Decision(NOT_MEASURED, f"{len(made)} of {len(found)} comparisons could be made", ())
    if any(comparison.error is None for comparison in made):
        if seeds == 1:
            return Decision(ONE_SEED, "one seed has no spread to compare with", tuple(still_open))
        return Decision(NO_SPREAD, "a number that it needs was measured without a spread", tuple(still_open))
    if still_open:
        why = f"noise could reverse {len(still_open)} of {len(made)} comparisons"
        return Decision(WITHIN_NOISE, why, tuple(still_open))
    if flat:
        why = f"no condition of this run loses on {', '.join(flat)}, so keeping cannot be told from losing"
        return Decision(NOTHING_LOSES, why, (made[0],))
    return Decision(HOLDS, "", (made[0],))


def _errors_against(comparisons: int, seeds: int | None) -> float:
    """Standard errors by which the furthest of so many comparisons must fall short: as improbable by chance as ERRORS
    of a single one (Bonferroni's bound). A difference of two means of n seeds has 2 (n - 1) degrees of freedom."""
    freedom = 2 * (seeds - 1) if seeds is not None and seeds > 1 else inf
    return float(stats.t.isf(stats.t.sf(ERRORS, freedom) / max(1, comparisons), freedom))


def can_lose(values: Sequence[Value]) -> bool:
    """Whether scores of one task under several conditions differ by more than noise: the worst is behind the best by
    LEAST_LOSS of it, and by more than the range of as many draws of noise is in 95 of 100 cases (Bonferroni's bound
    over pairs, with the mean squared error of all)."""
    if len(values) < 2 or any(value.error is None for value in values):
        return False
    scores = [value.score for value in values]
    error = sqrt(fmean((value.error or 0.0) ** 2 for value in values))
    pairs = len(values) * (len(values) - 1) / 2
    freedom = sum(inf if value.seeds is None else value.seeds - 1 for value in values)
    noise = float(stats.t.ppf(1 - _BY_CHANCE / 2 / pairs, freedom)) * sqrt(2) * error
    drop = max(scores) - min(scores)
    return drop > 0 and drop >= LEAST_LOSS * max(scores) and drop > noise
