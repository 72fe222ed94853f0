"""Table 5 in long form: each condition's score on each task, and how much of the oracle's score it retains."""

import csv
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean, stdev

import pyarrow as pa

from semantic_tokens.conditions import Condition, Grouping
from semantic_tokens.errors import InputError
from semantic_tokens.report.scores import condition_of, write_csv

COLUMNS = (
    *("backbone", "dim", "alignment", "grouping", "ratio", "pretraining", "task", "metric", "transfer"),
    *("seeds", "score", "std", "chance", "retained", "retained_low", "retained_high", "retained_above_chance"),
    "retained_by_random",
)
_OPTIONAL = ("std", "retained", "retained_low", "retained_high", "retained_above_chance", "retained_by_random")
RANDOM = ("random", "random-stratified")  # the controls, the plainer first
_RESAMPLES, _CONFIDENCE = 2000, 0.95
Values = Mapping[tuple[int, str], float]  # (seed, language) -> score


@dataclass(frozen=True)
class Cell:
    """One condition on one task by one metric; every number but `seeds` is a fraction.

    score     mean over languages, then over seeds; `chance` likewise: what a trivial predictor scores
    std       standard deviation over seeds of the mean over languages (n - 1); None for one seed
    retained  score / oracle; above chance: (score - chance) / (oracle - its chance); None where there is no oracle, or
              where it scores nothing, or nothing above chance
    retained_low, retained_high   95% interval of `retained`: paired bootstrap over the pairs of language and seed
    retained_by_random            `retained` of the random control that is otherwise the same condition, not aligned
    """

    condition: Condition
    task: str
    metric: str
    transfer: str
    seeds: int
    score: float
    std: float | None
    chance: float
    retained: float | None = None
    retained_low: float | None = None
    retained_high: float | None = None
    retained_above_chance: float | None = None
    retained_by_random: float | None = None


def build(scores: pa.Table) -> list[Cell]:
    """The cells of a `scores` table, in its order. InputError where means would be over different languages."""
    values: dict[tuple[Condition, str, str, str], dict[int, list[tuple[str, float, float]]]] = {}
    for row in scores.to_pylist():
        key = (condition_of(row), row["task"], row["metric"], row["transfer"])
        by_seed = values.setdefault(key, defaultdict(list))
        by_seed[row["seed"]].append((row["lang"], row["value"], row["chance"]))
    _check_languages(values)
    cells = {}
    for key, by_seed in values.items():
        per_seed = [fmean(value for _, value, _ in rows) for rows in by_seed.values()]
        chance = fmean(fmean(chance for _, _, chance in rows) for rows in by_seed.values())
        std = stdev(per_seed) if len(per_seed) > 1 else None
        paired = {(seed, lang): value for seed, rows in by_seed.items() for lang, value, _ in rows}
        cells[Cell(*key, len(per_seed), fmean(per_seed), std, chance)] = paired
    return _with_random(_with_retained(cells))


def oracle_of(conditions: Collection[Condition], backbone: str) -> Condition | None:
    """The condition that a backbone is measured by: its full vocabulary at the largest dim, not aligned, continually
    pretrained (paper, section 4.1), else not pretrained; None where neither is there."""
    full = [c for c in conditions if c.backbone == backbone and c.grouping.method == "full" and c.alignment == "none"]
    return max(full, key=lambda c: (c.pretraining == "mlm", c.dim), default=None)


def oracle_in(cells: Sequence[Cell], backbone: str, transfer: str) -> Condition | None:
    """`oracle_of` among the conditions scored with this transfer."""
    return oracle_of({cell.condition for cell in cells if cell.transfer == transfer}, backbone)


def write(cells: Sequence[Cell], path: Path) -> None:
    """Write the cells as CSV."""
    write_csv(COLUMNS, (vars(cell) | _condition_columns(cell.condition) for cell in cells), path)


def read(path: Path) -> list[Cell]:
    """Read what `write` wrote."""
    with Path(path).open(encoding="utf-8", newline="") as handle:
        return [_parse(row) for row in csv.DictReader(handle)]


def _check_languages(values: dict[tuple[Condition, str, str, str], dict[int, list[tuple[str, float, float]]]]) -> None:
    expected: dict[tuple[str, str, str], tuple[set[str], str]] = {}
    for (condition, task, metric, transfer), by_seed in values.items():
        for seed, rows in by_seed.items():
            languages, where = {lang for lang, _, _ in rows}, f"{condition}, seed {seed}"
            others, first = expected.setdefault((task, metric, transfer), (languages, where))
            if languages != others:
                differing = f"only one is scored in {', '.join(sorted(languages ^ others))}"
                raise InputError(f"{task}, {metric}, {transfer}: {where} and {first}: {differing}")


def _with_retained(cells: Mapping[Cell, Values]) -> list[Cell]:
    groups = {(cell.condition.backbone, cell.transfer) for cell in cells}
    oracles = {group: oracle_in(list(cells), *group) for group in groups}
    by_key = {(cell.condition, cell.task, cell.metric, cell.transfer): cell for cell in cells}
    compared = []
    for cell in cells:
        oracle = oracles[cell.condition.backbone, cell.transfer]
        reference = by_key.get((oracle, cell.task, cell.metric, cell.transfer)) if oracle else None
        compared.append(_compared(cell, reference, cells) if reference else cell)
    return compared


def _compared(cell: Cell, oracle: Cell, values: Mapping[Cell, Values]) -> Cell:
    above = oracle.score - oracle.chance
    low, high = retained_interval(values[cell], values[oracle])
    return replace(
        cell,
        retained=cell.score / oracle.score if oracle.score > 0 else None,
        retained_low=low,
        retained_high=high,
        retained_above_chance=(cell.score - cell.chance) / above if above > 0 else None,
    )


def retained_interval(values: Values, oracle: Values) -> tuple[float | None, float | None]:
    """95% interval of mean(values) / mean(oracle): percentiles over resamples of the pairs that both have, so that what
    makes a language hard for both cancels. (None, None) for fewer than two pairs, or an oracle that scores nothing."""
    import numpy as np
    from scipy.stats import bootstrap

    pairs = sorted(set(values) & set(oracle))
    ours, theirs = (np.array([side[pair] for pair in pairs]) for side in (values, oracle))
    if len(pairs) < 2 or not (theirs > 0).all():
        return None, None

    def retained(a, b, axis):
        return a.mean(axis=axis) / b.mean(axis=axis)

    found = bootstrap(
        (ours, theirs), retained, paired=True, n_resamples=_RESAMPLES, confidence_level=_CONFIDENCE,
        method="percentile", rng=np.random.default_rng(0),
    )  # fmt: skip
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def _with_random(cells: Sequence[Cell]) -> list[Cell]:
    by_key = {(cell.condition, cell.task, cell.metric, cell.transfer): cell for cell in cells}

    def control(cell: Cell) -> Cell | None:
        c = cell.condition
        groupings = [Grouping(method, c.grouping.percent) for method in RANDOM if c.grouping.percent]
        conditions = [replace(c, alignment="none", grouping=grouping) for grouping in groupings]
        found = (by_key.get((other, cell.task, cell.metric, cell.transfer)) for other in conditions)
        return next((other for other in found if other), None)

    controls = [(cell, control(cell)) for cell in cells]
    return [replace(cell, retained_by_random=other.retained) if other else cell for cell, other in controls]


def _condition_columns(condition: Condition) -> dict[str, str | int | float]:
    grouping = {"grouping": condition.grouping.method, "ratio": condition.grouping.ratio}
    return {name: getattr(condition, name) for name in ("backbone", "dim", "alignment", "pretraining")} | grouping


def _parse(row: dict[str, str]) -> Cell:
    condition = condition_of(row | {"dim": int(row["dim"]), "ratio": float(row["ratio"])})
    score, chance = float(row["score"]), float(row["chance"])
    std, *others = (float(row[name]) if row[name] else None for name in _OPTIONAL)
    key = (condition, row["task"], row["metric"], row["transfer"])
    return Cell(*key, int(row["seeds"]), score, std, chance, *others)
