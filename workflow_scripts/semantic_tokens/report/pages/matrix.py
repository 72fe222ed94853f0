"""The matrix of the page: a row a condition and what it was trained on, a column a task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean

from semantic_tokens.conditions import Condition
from semantic_tokens.report import METRIC_NAMES, PRIMARY_METRIC, TASK_NAMES, TASK_ORDER
from semantic_tokens.report.groups import GroupMeasures
from semantic_tokens.report.pages.words import reading_order
from semantic_tokens.report.printed import Printed
from semantic_tokens.report.table5 import Cell, oracle_in

Beside = Mapping[tuple[Condition, str], Printed]  # what the paper prints beside a condition on a task


@dataclass(frozen=True)
class Entry:
    """A cell of the matrix: what was measured, and what the paper prints beside it, if anything."""

    cell: Cell
    paper: Printed | None

    @property
    def difference(self) -> float | None:
        """Retained share less the one that the paper prints; None where either is missing."""
        if self.paper is None or self.cell.retained is None:
            return None
        return self.cell.retained - self.paper.retained


@dataclass(frozen=True)
class Row:
    """One condition, trained and scored in one way. `entries` has one place for each task; None: not measured."""

    condition: Condition
    transfer: str
    is_oracle: bool
    entries: tuple[Entry | None, ...]
    groups: GroupMeasures | None

    @property
    def id(self) -> str:
        """Names the row in the page and in links to it."""
        return f"{self.condition}@{self.transfer}"

    @property
    def seeds(self) -> list[int]:
        """The numbers of seeds behind its scores, each once."""
        return sorted({entry.cell.seeds for entry in self.entries if entry})

    @property
    def mean(self) -> float | None:
        """The mean retained share over the tasks; None where one of them has none, for means over other tasks do not
        compare."""
        found = [entry.cell.retained if entry else None for entry in self.entries]
        shares = [share for share in found if share is not None]
        return fmean(shares) if shares and len(shares) == len(found) else None


@dataclass(frozen=True)
class Matrix:
    """Rows in the order of the paper's table, backbone by backbone; tasks by name, in their order."""

    tasks: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def columns(self) -> list[tuple[str, str, str]]:
        """Of each task its name, title and metric."""
        return [(task, TASK_NAMES[task], METRIC_NAMES[PRIMARY_METRIC[task]]) for task in self.tasks]

    @property
    def blocks(self) -> list[tuple[tuple[str, str], list[Row]]]:
        """The rows of each backbone and training: they share an oracle."""
        parts = groupby(self.rows, key=lambda row: (row.condition.backbone, row.transfer))
        return [(block, list(rows)) for block, rows in parts]

    @property
    def papers(self) -> dict[str, str]:
        """Backbones of the run -> the paper's that stands beside them."""
        entries = ((row.condition.backbone, entry) for row in self.rows for entry in row.entries if entry)
        return {backbone: entry.paper.condition.backbone for backbone, entry in entries if entry.paper}

    def row(self, condition: Condition, transfer: str) -> Row | None:
        """The row of a condition; None where it was not scored."""
        return next((row for row in self.rows if (row.condition, row.transfer) == (condition, transfer)), None)


def build(cells: Sequence[Cell], groups: Sequence[GroupMeasures], beside: Beside, transfer_of_paper: str) -> Matrix:
    """The matrix of the cells of the tasks' primary metrics.

    beside             as `printed.beside` gives it
    transfer_of_paper  the training that the printed scores are of
    """
    chosen = [cell for cell in cells if cell.metric == PRIMARY_METRIC[cell.task]]
    tasks = tuple(sorted({cell.task for cell in chosen}, key=TASK_ORDER.index))
    by_key = {(cell.condition, cell.transfer, cell.task): cell for cell in chosen}
    measured = {found.condition.grouped: found for found in groups}
    rows = [
        Row(
            condition,
            transfer,
            condition == oracle_in(chosen, condition.backbone, transfer),
            tuple(
                Entry(cell, beside.get((condition, task)) if transfer == transfer_of_paper else None)
                if (cell := by_key.get((condition, transfer, task)))
                else None
                for task in tasks
            ),
            measured.get(condition.grouped),
        )
        for condition, transfer in _ordered(chosen)
    ]
    return Matrix(tasks, tuple(rows))


def _ordered(cells: Sequence[Cell]) -> list[tuple[Condition, str]]:
    """Conditions with what they were trained on, those of one backbone and training together."""
    blocks = list(dict.fromkeys((cell.condition.backbone, cell.transfer) for cell in cells))
    backbones = list(dict.fromkeys(backbone for backbone, _ in blocks))
    found = {(cell.condition, cell.transfer) for cell in cells}
    return sorted(
        found, key=lambda it: (backbones.index(it[0].backbone), it[1] != "in-language", it[1], reading_order(it[0]))
    )
