"""Table 5 in long form: each condition's score on each task, and how much of the oracle's score it retains."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import pyarrow as pa

from semantic_tokens import csv_rows
from semantic_tokens.conditions import AS_IS, PARTS, Condition, Grouping
from semantic_tokens.errors import InputError

COLUMNS = (
    *("condition", *PARTS, "task", "metric", "transfer", "without"),
    *("languages", "seeds", "score", "std", "chance", "retained", "retained_low", "retained_high", "interval_over"),
    *("retained_above_chance", "retained_by_random"),
)
_OPTIONAL = ("std", "retained", "retained_low", "retained_high", "retained_above_chance", "retained_by_random")
RANDOM = ("random", "random-stratified")  # the controls, the plainer first
# Means that are also given without a language: TyDiQA's official average leaves English out, mBERT has no subword for
# the script of Amharic, and what is trained on English only is not zero-shot in English.
_WITHOUT = {"qa": "en", "ner": "am"}
_SOURCE = "en"
OVER_BOTH, OVER_LANGUAGES = "languages and seeds", "languages"  # what an interval is over
Values = Mapping[tuple[int, str], float]  # (seed, language) -> score


@dataclass(frozen=True)
class Cell:
    """One condition on one task by one metric; every number but `seeds` is a fraction.

    languages  those of the mean, sorted; `without`: the one that was left out of it, "" if none was
    score     mean over languages, then over seeds; `chance` likewise: what a trivial predictor scores
    std       standard deviation over seeds of the mean over languages (n - 1); None for one seed
    retained  score / oracle; above chance: (score - chance) / (oracle - its chance); None where there is no oracle, or
              where it scores nothing, or nothing above chance
    retained_low, retained_high   95% interval of `retained` (`retained_interval`), and what it is over: OVER_BOTH, or
              OVER_LANGUAGES, given the seeds; "" where there is none
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
    languages: tuple[str, ...]
    without: str = ""
    retained: float | None = None
    retained_low: float | None = None
    retained_high: float | None = None
    interval_over: str = ""
    retained_above_chance: float | None = None
    retained_by_random: float | None = None


def build(scores: pa.Table) -> list[Cell]:
    """The cells of a `scores` table, in its order. InputError where means would be over different languages."""
    return _cells(scores.to_pylist())


def build_without(scores: pa.Table) -> list[Cell]:
    """The same without English where it was trained on alone and for QA, without Amharic for NER; for each task, metric
    and transfer that has the language and two others or more."""
    by_mean: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in scores.to_pylist():
        for lang in left_out(row["task"], row["transfer"]):
            by_mean[row["task"], lang].append(row)
    found = []
    for (_, lang), rows in by_mean.items():
        has = {(row["metric"], row["transfer"]) for row in rows if row["lang"] == lang}
        chosen = [row for row in rows if row["lang"] != lang and (row["metric"], row["transfer"]) in has]
        found += [replace(cell, without=lang) for cell in _cells(chosen) if len(cell.languages) > 1]
    return found


def left_out(task: str, transfer: str) -> list[str]:
    """The languages that the mean of a task is also given without."""
    zero_shot = [_SOURCE] if transfer not in ("in-language", AS_IS) else []
    return list(dict.fromkeys([*zero_shot, *([_WITHOUT[task]] if task in _WITHOUT else [])]))


def _cells(rows: Iterable[Mapping[str, Any]]) -> list[Cell]:
    values: dict[tuple[Condition, str, str, str], dict[int, list[tuple[str, float, float]]]] = {}
    for row in rows:
        key = (Condition.from_columns(row), row["task"], row["metric"], row["transfer"])
        by_seed = values.setdefault(key, defaultdict(list))
        by_seed[row["seed"]].append((row["lang"], row["value"], row["chance"]))
    _check_languages(values)
    cells = {}
    for key, by_seed in values.items():
        per_seed = [fmean(value for _, value, _ in own) for own in by_seed.values()]
        chance = fmean(fmean(chance for _, _, chance in own) for own in by_seed.values())
        std = stdev(per_seed) if len(per_seed) > 1 else None
        paired = {(seed, lang): value for seed, own in by_seed.items() for lang, value, _ in own}
        languages = tuple(sorted({lang for _, lang in paired}))
        cells[Cell(*key, len(per_seed), fmean(per_seed), std, chance, languages)] = paired
    return _with_random(_with_retained(cells))


def oracle_of(conditions: Collection[Condition], backbone: str) -> Condition | None:
    """The condition that a backbone is measured by: its full vocabulary at the largest dim, not aligned, continually
    pretrained (paper, section 4.1), else not pretrained; None where neither is there."""
    full = [c for c in conditions if c.backbone == backbone and c.grouping.method == "full" and c.alignment == "none"]
    return max(full, key=lambda c: (c.pretraining == "mlm", c.dim), default=None)


def oracle_in(cells: Sequence[Cell], backbone: str, transfer: str) -> Condition | None:
    """`oracle_of` among the conditions scored with this transfer."""
    return oracle_of({cell.condition for cell in cells if cell.transfer == transfer}, backbone)


def uncovered(cells: Iterable[Cell]) -> list[str]:
    """Where intervals of these cells cover less than they usually do (keys of `intervals.COVERED`)."""
    having = [cell for cell in cells if cell.interval_over]
    found = {
        "two seeds": any(cell.seeds == 2 and cell.interval_over == OVER_BOTH for cell in having),
        "two languages": any(len(cell.languages) == 2 for cell in having),
        "three or four languages": any(len(cell.languages) in (3, 4) for cell in having),
    }
    return [where for where, there in found.items() if there]


def languages_of_means(by_mean: Mapping[str, Sequence[str]]) -> str:
    """The languages of each mean, by its name, in words; said once for means that share them."""
    shared: dict[tuple[str, ...], list[str]] = {}
    for name, languages in by_mean.items():
        shared.setdefault(tuple(languages), []).append(name)
    if len(shared) == 1:
        return " ".join(next(iter(shared)))
    return "; ".join(f"{' '.join(languages)} ({', '.join(names)})" for languages, names in shared.items())


def write(cells: Sequence[Cell], path: Path) -> None:
    """Write the cells as CSV."""
    csv_rows.write(COLUMNS, (vars(cell) | cell.condition.columns() for cell in cells), path)


def read(path: Path) -> list[Cell]:
    """Of what `write` wrote, the means over all languages."""
    return [cell for cell in _read(path) if not cell.without]


def read_without(path: Path) -> list[Cell]:
    """Of what `write` wrote, the means without a language."""
    return [cell for cell in _read(path) if cell.without]


def _read(path: Path) -> list[Cell]:
    return [_parse(row) for row in csv_rows.read(path)]


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
    low, high, over = retained_interval(values[cell], values[oracle])
    return replace(
        cell,
        retained=cell.score / oracle.score if oracle.score > 0 else None,
        retained_low=low,
        retained_high=high,
        interval_over=over,
        retained_above_chance=(cell.score - cell.chance) / above if above > 0 else None,
    )


def retained_interval(values: Values, oracle: Values) -> tuple[float | None, float | None, str]:
    """95% interval of mean(values) / mean(oracle), scores of the same languages with every seed, and what it is over
    (`intervals.of_crossed_ratio` says what it estimates).

    Over languages and seeds where both have the same two seeds or more; otherwise over the languages of the means over
    each side's seeds, given these. (None, None, "") for one language, or where a side scores nothing in all of them: a
    language in which the oracle scores 0 is one of the mean like the others.
    """
    import numpy as np

    from semantic_tokens.analysis import intervals

    seeds, theirs = (sorted({seed for seed, _ in side}) for side in (values, oracle))
    languages = sorted({lang for _, lang in values})
    tables = [
        np.array([[side[seed, lang] for lang in languages] for seed in own])
        for side, own in ((values, seeds), (oracle, theirs))
    ]
    if len(languages) < 2 or any(table.mean() <= 0 for table in tables):
        return None, None, ""
    both = len(seeds) > 1 and seeds == theirs
    target, source = tables if both else (table.mean(axis=0, keepdims=True) for table in tables)
    low, high = intervals.of_crossed_ratio(target, source)
    return float(low), float(high), OVER_BOTH if both else OVER_LANGUAGES


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


def _parse(row: dict[str, str]) -> Cell:
    score, chance = float(row["score"]), float(row["chance"])
    std, retained, low, high, *others = (float(row[name]) if row[name] else None for name in _OPTIONAL)
    key = (Condition.from_columns(row), row["task"], row["metric"], row["transfer"], int(row["seeds"]))
    languages = tuple(row["languages"].split("+"))
    own = (retained, low, high, row["interval_over"])
    return Cell(*key, score, std, chance, languages, row["without"], *own, *others)
