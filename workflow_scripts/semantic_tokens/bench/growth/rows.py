"""The rows `growth-*`: each stage over vocabularies of four sizes, and how fast its time and memory grow with them."""

import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar

from semantic_tokens.bench.comparison import BenchRow
from semantic_tokens.bench.growth import rules
from semantic_tokens.bench.growth.inputs import SMALLEST
from semantic_tokens.bench.growth.measure import GrowthCost, cost
from semantic_tokens.bench.growth.stages import STAGES
from semantic_tokens.bench.vocabularies import MBERT, XLM_R, XLM_V

SIZES = {"unigram": (16_000, 64_000, XLM_R, XLM_V), "wordpiece": (16_000, 64_000, MBERT)}  # no WordPiece has more
NARROW = 32  # of the tables, where what counts is how many rows they have
VOCABULARY = {"xlmv-base": XLM_V, "mbert": MBERT}
MOST = 1.15  # exponent: n log n, and caches that no longer hold what is worked on
_LEAST_S, _LEAST_BYTES = 0.1, 64 * 2**20  # growth below this is noise
_POWERS = (1e-3, 4.0)  # in which exponents are looked for; 0 would be no growth


def comparison(name: str, full: bool) -> BenchRow:
    """The row of this name. With `full` also the peak of memory with the paper's largest table, beside what the rule
    asks for."""
    stage = name.removeprefix("growth-")
    root = Path(_folder().name)
    costs = [cost(stage, size, NARROW, root) for size in SIZES[STAGES[stage].kind]]
    rule, kind = STAGES[stage].rule, STAGES[stage].kind
    if not full or not rule:
        return row(name, costs)
    backbone, dim = rules.WIDEST[kind]
    return row(name, costs, cost(stage, VOCABULARY[backbone], dim, root, products=False), rules.asked(rule, kind))


def row(name: str, costs: Sequence[GrowthCost], wide: GrowthCost | None = None, asked: int = 0) -> BenchRow:
    """Of the costs at all sizes; of the largest table, and the bytes that the rule asks for."""
    sizes = [one.size for one in costs]
    measures = {f"{one.size}_s": one.seconds for one in costs} | {f"{one.size}_cpu_s": one.cpu_s for one in costs}
    measures["fixed_cpu_s"] = float(np.median([one.fixed_s for one in costs]))
    grown = [one.cpu_s - measures["fixed_cpu_s"] for one in costs]
    measures |= {f"{one.size}_mib": one.peak / 2**20 for one in costs}
    measures["time_exponent"] = exponent(sizes, grown, _LEAST_S, SMALLEST)
    peaks = [one.peak - one.peak_before for one in costs]
    measures["memory_exponent"] = exponent(sizes, peaks, _LEAST_BYTES, SMALLEST)
    if any(one.products_s for one in costs):
        measures |= {f"{one.size}_products_s": one.products_s for one in costs}
        measures["products_exponent"] = exponent(sizes, [one.products_s for one in costs], _LEAST_S)
    exceeded = [
        f"{kind} grows with the vocabulary to the power of {measures[f'{kind}_exponent']:.2f}, allowed {MOST}"
        for kind in ("time", "memory")
        if measures[f"{kind}_exponent"] > MOST
    ]
    if wide is not None:
        measures |= {"wide_mib": wide.peak / 2**20, "wide_s": wide.seconds, "rule_mib": asked / 2**20}
        if wide.peak > asked:
            exceeded.append(f"it takes {wide.peak / 2**20:,.0f} MiB, its rule asks for {asked / 2**20:,.0f}")
    return BenchRow(name, costs[-1].seconds, "", None, None, None, None, None, None, measures, "; ".join(exceeded))


def exponent(sizes: Sequence[int], costs: Sequence[float], least: float, smallest: int = 0) -> float:
    """The p of the best fit of b (size^p - smallest^p) to costs beyond those at the smallest size, all in logarithms.

    Where nothing was taken away, `smallest` is 0 and this is the slope of a straight line. Costs below `least` say
    nothing and are left out; where fewer than two remain, the last two count as that at least.
    """
    points = [(size, one) for size, one in zip(sizes, costs, strict=True) if one >= least]
    if len(points) < 2:
        points = [(size, max(one, least)) for size, one in zip(sizes, costs, strict=True)][-2:]
    known, measured = np.array(points, dtype=float).T

    def misfit(power: float) -> float:
        return float(np.var(np.log(measured) - np.log(known**power - smallest**power)))

    return float(minimize_scalar(misfit, bounds=_POWERS, method="bounded").x)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Of the files that stages read; gone when the command ends."""
    parent = Path("results/bench")
    parent.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(dir=parent, prefix="growth-")
