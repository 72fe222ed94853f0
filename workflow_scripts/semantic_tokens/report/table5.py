"""Table 5 in long form: each condition's score on each task, and how much of the oracle's score it retains."""

import csv
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean, stdev

import pyarrow as pa

from semantic_tokens.conditions import Condition
from semantic_tokens.errors import InputError
from semantic_tokens.report.scores import condition_of, write_csv

COLUMNS = (
    *("backbone", "dim", "alignment", "grouping", "ratio", "pretraining", "task", "metric", "transfer"),
    *("seeds", "score", "std", "chance", "retained", "retained_above_chance"),
)
_OPTIONAL = ("std", "retained", "retained_above_chance")


@dataclass(frozen=True)
class Cell:
    """One condition on one task by one metric; every number but `seeds` is a fraction.

    score     mean over languages, then over seeds; `chance` likewise: what a trivial predictor scores
    std       standard deviation over seeds of the mean over languages (n - 1); None for one seed
    retained  score / oracle; above chance: (score - chance) / (oracle - its chance); None where there is no oracle, or
              where it scores nothing, or nothing above chance
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
    retained_above_chance: float | None = None


def build(scores: pa.Table) -> list[Cell]:
    """The cells of a `scores` table, in its order. InputError where means would be over different languages."""
    values: dict[tuple[Condition, str, str, str], dict[int, list[tuple[str, float, float]]]] = {}
    for row in scores.to_pylist():
        key = (condition_of(row), row["task"], row["metric"], row["transfer"])
        by_seed = values.setdefault(key, defaultdict(list))
        by_seed[row["seed"]].append((row["lang"], row["value"], row["chance"]))
    _check_languages(values)
    cells = []
    for key, by_seed in values.items():
        per_seed = [fmean(value for _, value, _ in rows) for rows in by_seed.values()]
        chance = fmean(fmean(chance for _, _, chance in rows) for rows in by_seed.values())
        std = stdev(per_seed) if len(per_seed) > 1 else None
        cells.append(Cell(*key, len(per_seed), fmean(per_seed), std, chance))
    return _with_retained(cells)


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


def _with_retained(cells: list[Cell]) -> list[Cell]:
    groups = {(cell.condition.backbone, cell.transfer) for cell in cells}
    oracles = {group: oracle_in(cells, *group) for group in groups}
    by_key = {(cell.condition, cell.task, cell.metric, cell.transfer): cell for cell in cells}
    compared = []
    for cell in cells:
        oracle = oracles[cell.condition.backbone, cell.transfer]
        reference = by_key.get((oracle, cell.task, cell.metric, cell.transfer)) if oracle else None
        compared.append(_compared(cell, reference) if reference else cell)
    return compared


def _compared(cell: Cell, oracle: Cell) -> Cell:
    above = oracle.score - oracle.chance
    return replace(
        cell,
        retained=cell.score / oracle.score if oracle.score > 0 else None,
        retained_above_chance=(cell.score - cell.chance) / above if above > 0 else None,
    )


def _condition_columns(condition: Condition) -> dict[str, str | int | float]:
    grouping = {"grouping": condition.grouping.method, "ratio": condition.grouping.ratio}
    return {name: getattr(condition, name) for name in ("backbone", "dim", "alignment", "pretraining")} | grouping


def _parse(row: dict[str, str]) -> Cell:
    condition = condition_of(row | {"dim": int(row["dim"]), "ratio": float(row["ratio"])})
    score, chance = float(row["score"]), float(row["chance"])
    std, retained, above = (float(row[name]) if row[name] else None for name in _OPTIONAL)
    key = (condition, row["task"], row["metric"], row["transfer"])
    return Cell(*key, int(row["seeds"]), score, std, chance, retained, above)
