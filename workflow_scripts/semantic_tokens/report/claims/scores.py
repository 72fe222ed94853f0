"""The numbers that claims are judged by: those of a run, or those that a paper prints, under one kind of key.

A key is (condition, task, transfer). A task may also be one language of a task, `nli:ar`, or a measure that is no task,
`memory_gb` (claim_measures.py); measures have the transfer "".
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from math import sqrt
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import pyarrow as pa

from semantic_tokens import csv_rows
from semantic_tokens.conditions import Condition, Grouping
from semantic_tokens.report import PRIMARY_METRIC, TASK_NAMES, languages, table5

Key = tuple[str, str, str]
PAPER_SOURCE_SET = "all"  # in a claim, `clsa-all` is CLSA on the paper's default sources
_POINTS = {"qa"}  # printed as 0..100 in Table 5; all other scores are fractions
_YES = {"yes": True, "no": False, "": False}
MBERT_SHAPE = "mbert-shape"  # mBERT with random weights, of which Table 3 tells the cost; nothing stands in for it
_MEASURES = {"gpu_memory_gb": "memory_gb"}  # of Table 3, where a run may not have a GPU


@dataclass(frozen=True)
class Value:
    """A mean over languages and seeds, or a measure of an analysis, of which `seeds` is None. `error` is its standard
    error over seeds, of a measure over what it samples; None if unknown, 0 for a number that is counted or printed.
    `chance` is None if unknown."""

    score: float
    seeds: int | None = 1
    error: float | None = None
    chance: float | None = None


@dataclass(frozen=True)
class Roles:
    """What in a run stands in for what claims name: paper's backbone -> ours, paper's dim -> ours, the source set of
    the paper's CLSA, and paper's grouping ratio in percent -> ours. What is not named stands for itself."""

    backbones: Mapping[str, str] = field(default_factory=dict)
    dims: Mapping[int, int] = field(default_factory=dict)
    source_set: str = PAPER_SOURCE_SET
    transfers: Mapping[str, str] = field(default_factory=dict)  # paper's training data -> ours
    percents: Mapping[int, int] = field(default_factory=dict)

    def ours(self, condition: str) -> str:
        """The run's condition that stands in for a claim's."""
        if "/" not in condition:
            return condition
        theirs = _parsed(condition)
        aligned = theirs.alignment == f"clsa-{PAPER_SOURCE_SET}"
        ours = replace(theirs, alignment=f"clsa-{self.source_set}") if aligned else theirs
        if ours.backbone in self.backbones:
            percent = ours.grouping.percent
            grouping = replace(ours.grouping, percent=percent and self.percents.get(percent, percent))
            dim = self.dims.get(ours.dim, ours.dim)
            ours = replace(ours, backbone=self.backbones[ours.backbone], dim=dim, grouping=grouping)
        return str(ours)


@dataclass(frozen=True)
class Scores:
    """Values by key, looked up by the conditions that claims name."""

    values: Mapping[Key, Value]
    roles: Roles = Roles()

    @cached_property
    def _oracles(self) -> dict[tuple[str, str], str]:
        """(backbone, transfer) -> the condition that it is measured by."""
        full = {(name, transfer) for name, _, transfer in self.values if "/full/" in name and transfer}
        groups = {(name.split("/")[0], transfer) for name, transfer in full}
        known = {group: {Condition.parse(n) for n, t in full if (n.split("/")[0], t) == group} for group in groups}
        found = {group: table5.oracle_of(conditions, group[0]) for group, conditions in known.items()}
        return {group: str(oracle) for group, oracle in found.items() if oracle}

    def name(self, condition: str) -> str:
        """A claim's condition, as it is called where the scores come from."""
        return self.roles.ours(condition)

    def get(self, condition: str, task: str, transfer: str) -> Value | None:
        """None where it is missing, or where the oracle shows that it would tell nothing."""
        if self.is_not_learnt(condition, task, transfer):
            return None
        return self.values.get((self.name(condition), task, self.roles.transfers.get(transfer, transfer)))

    def is_not_learnt(self, condition: str, task: str, transfer: str) -> bool:
        """Whether this condition's oracle scores no more than chance on the task: what others score there is no effect
        of what was done to the vocabulary."""
        oracle = self.oracle(condition, transfer, task)
        return oracle is not None and oracle.score <= (oracle.chance or 0.0)

    def alike(self, conditions: Iterable[str], task: str, transfer: str) -> list[Value]:
        """All scores on the task, whatever the layer, of all conditions of the backbones of these."""
        backbones = {self.name(condition).split("/")[0] for condition in conditions}
        measure, transfer = task.partition("@")[0], self.roles.transfers.get(transfer, transfer)
        return [
            value
            for (condition, other, trained), value in self.values.items()
            if trained == transfer and other.partition("@")[0] == measure and condition.split("/")[0] in backbones
        ]

    def oracle(self, condition: str, transfer: str, task: str) -> Value | None:
        """The score on `task` of the condition that this one's backbone is measured by (`table5.oracle_of`)."""
        transfer = self.roles.transfers.get(transfer, transfer)
        oracle = self._oracles.get((self.name(condition).split("/")[0], transfer))
        return self.values.get((oracle, task, transfer)) if oracle else None


@cache
def _parsed(condition: str) -> Condition:
    return Condition.parse(condition)  # of few names, each looked up for every task and comparison


def of_run(scores: pa.Table) -> dict[Key, Value]:
    """The values of a `scores` table: tasks by their primary metric, each of their languages, and the correlations
    between languages (Appendix C)."""
    values = of_cells(table5.build(scores)) | _by_language(scores)
    for row in languages.correlate(scores):
        if row.rho is not None and row.transfer == "in-language":
            values[str(row.condition), f"language-correlation {row.pair}", ""] = Value(row.rho, None)
    return values


def languages_of(scores: pa.Table) -> str:
    """The languages of the means of a `scores` table, in words."""
    means = {f"{TASK_NAMES[cell.task]} {cell.transfer}": cell.languages for cell in table5.build(scores)}
    return table5.languages_of_means(means)


def of_cells(cells: Iterable[table5.Cell]) -> dict[Key, Value]:
    """The cells of Table 5 of the tasks' primary metrics."""
    primary = (cell for cell in cells if cell.metric == PRIMARY_METRIC[cell.task])
    return {(str(cell.condition), cell.task, cell.transfer): of_cell(cell) for cell in primary}


def of_cell(cell: table5.Cell) -> Value:
    """A cell of Table 5."""
    return Value(cell.score, cell.seeds, None if cell.std is None else cell.std / sqrt(cell.seeds), cell.chance)


def of_paper(folder: Path) -> dict[Key, Value]:
    """The values that the papers print, from the tables in `reference/`."""
    values: dict[Key, Value] = {}
    for row in csv_rows.read(folder / "table5.csv"):
        values[str(condition_of_table5(row)), row["task"], "in-language"] = Value(fraction_of_table5(row), None, 0.0)
    for row in csv_rows.read(folder / "table3.csv"):
        grouping = Grouping("full") if row["ratio"] == "1" else Grouping("kmeans-cosine", _percent(row["ratio"]))
        condition = Condition(MBERT_SHAPE, int(row["dim"]), "none", grouping, "mlm")
        values[str(condition), _MEASURES.get(row["measure"], row["measure"]), ""] = Value(
            float(row["value"]), None, 0.0
        )
    for row in csv_rows.read(folder / "table4.csv"):
        asked = {"kmeans-cosine": _percent(row["ratio"])}  # the others have no ratio of their choice
        method = f"lexicon-{row['lexicon']}" if row["lexicon"] else row["grouping"]
        condition = Condition("mbert", 768, "none", Grouping(method, asked.get(method)), "none")
        values[str(condition), f"{row['task']}:{row['lang']}", "ms-marco"] = Value(float(row["value"]), None, 0.0)
    for row in csv_rows.read(folder / "handle_languages.csv"):
        dim = 1024 if row["backbone"] == "bloom-560m" else 768
        condition = Condition(row["backbone"], dim, "none", Grouping("full"), "none")
        if row["measure"] == "accuracy":
            values[str(condition), f"accuracy:{row['lang']}", ""] = Value(float(row["value"]), None, 0.0)
    return values | _shared_languages(csv_rows.read(folder / "table1.csv"))


def fraction_of_table5(row: Mapping[str, str]) -> float:
    """The score of a row of reference/table5.csv, from 0 to 1."""
    return float(row["value"]) / (100 if row["task"] in _POINTS else 1)


def condition_of_table5(row: Mapping[str, str]) -> Condition:
    """The condition of a row of reference/table5.csv. A full vocabulary counts as not aligned: the table ticks CLSA for
    the full rows of Figure 7, but measures by them as by oracles."""
    full = row["ratio"] == "1"
    grouping = Grouping("full") if full else Grouping("kmeans-cosine", _percent(row["ratio"]))
    alignment = f"clsa-{PAPER_SOURCE_SET}" if _YES[row["clsa"]] and not full else "none"
    pretraining = "mlm" if _YES[row["pretraining"]] else "none"
    return Condition(row["backbone"], int(row["dim"]), alignment, grouping, pretraining)


def _percent(ratio: str) -> int:
    return round(100 * float(ratio))


def _shared_languages(rows: list[dict[str, str]]) -> dict[Key, Value]:
    """How many languages Table 1 lists, under the condition `benchmarks`."""
    of = {row["task"]: set(row["languages"].split()) for row in rows}
    others = set().union(*(found for task, found in of.items() if task != "ner"))
    counts = {
        "languages in all tasks": others | of["ner"],
        "languages shared by ner and any other": others & of["ner"],
        "languages shared by qa and nli": of["qa"] & of["nli"],
    }
    return {("benchmarks", name, ""): Value(float(len(found)), None, 0.0) for name, found in counts.items()}


def _by_language(scores: pa.Table) -> dict[Key, Value]:
    found: dict[Key, list[dict[str, Any]]] = defaultdict(list)
    for row in scores.to_pylist():
        if row["metric"] == PRIMARY_METRIC[row["task"]]:
            found[str(Condition.from_columns(row)), f"{row['task']}:{row['lang']}", row["transfer"]].append(row)
    values = {}
    for key, rows in found.items():
        seeds = [row["value"] for row in rows]
        error = stdev(seeds) / sqrt(len(seeds)) if len(seeds) > 1 else None
        values[key] = Value(fmean(seeds), len(seeds), error, fmean(row["chance"] for row in rows))
    return values
