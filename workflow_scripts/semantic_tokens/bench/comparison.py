"""Two ways to the same result, timed in alternation.

The machine may be busy, more or less so during a measurement. Each timing of ours is therefore paired with one of the
peer taken right before or after it, and the ratio of the two counts."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any


def _nothing_more() -> dict[str, float]:
    return {}


@dataclass(frozen=True)
class Benchmark:
    """One row of the table.

    name        of the row: what is done and against whom
    peer        whom it is compared with, with version; empty where there is nobody to compare with
    ours        one timed run; what it returns goes to `difference`
    theirs      the same work done by the peer
    difference  how far two results are apart, in the unit that `allowed` has
    allowed     the largest difference at which the two did the same work
    measures    further figures, taken once and outside the timing
    work        (unit, how many of it a run does), to be given per second too
    """

    name: str
    peer: str
    ours: Callable[[], Any]
    theirs: Callable[[], Any]
    difference: Callable[[Any, Any], float]
    allowed: float
    measures: Callable[[], dict[str, float]] = _nothing_more
    work: tuple[str, float] | None = None


@dataclass(frozen=True)
class BenchRow:
    """What was measured: times in seconds, medians over the pairs; ratio, the median over the pairs of peer / ours,
    with its smallest and largest value. What needs a peer is None where there is none. exceeds: in words, which of the
    measures are more than they may be."""

    name: str
    ours_s: float
    peer: str
    peer_s: float | None
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    result_difference: float | None
    allowed: float | None
    measures: dict[str, float]
    exceeds: str = ""

    @property
    def same_result(self) -> bool:
        return self.result_difference is None or self.result_difference <= (self.allowed or 0)


def compare(comparison: Benchmark, pairs: int = 5) -> BenchRow:
    """One pair to warm up, then `pairs` timed ones; who begins alternates.

    The largest difference of all pairs, the first included, is the row's; NaN if one is, and then the two did not do
    the same work. A row without a peer has its own times only.
    """
    import numpy as np  # here, since the number of threads must be set before

    if not comparison.peer:
        return _alone(comparison, pairs)
    ours, theirs, differences = list[float](), list[float](), list[float]()
    for pair in range(pairs + 1):
        if pair % 2:
            peer_s, theirs_result = _timed(comparison.theirs)
            ours_s, ours_result = _timed(comparison.ours)
        else:
            ours_s, ours_result = _timed(comparison.ours)
            peer_s, theirs_result = _timed(comparison.theirs)
        differences.append(comparison.difference(ours_result, theirs_result))
        if pair:
            ours.append(ours_s)
            theirs.append(peer_s)
    ratios = [peer_s / ours_s for peer_s, ours_s in zip(theirs, ours)]
    return BenchRow(
        name=comparison.name,
        ours_s=median(ours),
        peer=comparison.peer,
        peer_s=median(theirs),
        ratio=median(ratios),
        ratio_low=min(ratios),
        ratio_high=max(ratios),
        result_difference=float(np.max(differences)),  # not max, which may pass a NaN over
        allowed=comparison.allowed,
        measures=_speeds(comparison.work, median(ours), median(theirs)) | comparison.measures(),
    )


def _speeds(work: tuple[str, float] | None, ours_s: float, peer_s: float) -> dict[str, float]:
    if work is None:
        return {}
    unit, amount = work
    return {f"ours_{unit}_per_s": amount / ours_s, f"peer_{unit}_per_s": amount / peer_s}


def _alone(comparison: Benchmark, pairs: int) -> BenchRow:
    times = [_timed(comparison.ours)[0] for _ in range(pairs + 1)][1:]
    return BenchRow(comparison.name, median(times), "", None, None, None, None, None, None, comparison.measures())


def _timed(run: Callable[[], Any]) -> tuple[float, Any]:
    start = perf_counter()
    result = run()
    return perf_counter() - start, result
