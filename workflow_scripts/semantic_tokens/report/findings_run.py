"""The scores that findings are looked for in: of one backbone, at one ratio, by what was done to the vocabulary."""

from collections.abc import Mapping, Sequence
from math import hypot

from semantic_tokens.conditions import Condition, Grouping
from semantic_tokens.report import PRIMARY_METRIC, TASK_NAMES, TASK_ORDER
from semantic_tokens.report.claims.arithmetic import ERRORS, Share, minus, ratio
from semantic_tokens.report.claims.scores import of_cell
from semantic_tokens.report.claims.verdicts import can_lose
from semantic_tokens.report.table5 import Cell, oracle_in

Row = Mapping[str, Cell]  # by task; tasks that were not scored are absent


class Run:
    """The primary scores of one backbone with one transfer, looked up by what was done to the vocabulary.

    All are at the oracle's dim and at `percent`: the smallest ratio at which K-Means was also pretrained further.
    """

    def __init__(self, cells: Sequence[Cell], backbone: str, transfer: str) -> None:
        self.oracle = oracle_in(cells, backbone, transfer)
        primary = [c for c in cells if c.transfer == transfer and c.metric == PRIMARY_METRIC[c.task]]
        self._cells = {(c.condition, c.task): c for c in primary if c.condition.backbone == backbone}
        self.percent = min(self._percents(), default=None)

    def row(self, method: str, pretraining: str = "mlm", alignment: str = "none") -> Row:
        """The cells of one condition, by task in the paper's order."""
        if self.oracle is None or self.percent is None:
            return {}
        grouping = Grouping(method, self.percent)
        condition = Condition(self.oracle.backbone, self.oracle.dim, alignment, grouping, pretraining)
        found = {task: self._cells.get((condition, task)) for task in TASK_ORDER}
        return {task: cell for task, cell in found.items() if cell}

    def alignments(self) -> list[str]:
        """The alignments by CLSA that were measured, sorted; its control on shuffled pairs is none."""
        return sorted({condition.alignment for condition, _ in self._cells if condition.alignment_method == "clsa"})

    def retained(self, cell: Cell | None) -> Share | None:
        """Score / oracle's score; None without the one or the other, or where the oracle scores nothing."""
        oracle = self._oracle_of(cell)
        return ratio(of_cell(cell), of_cell(oracle)) if cell and oracle else None

    def gain(self, better: Cell | None, worse: Cell | None, chance: bool) -> Share | None:
        """What `better` retains more than `worse`, as a share of the oracle's score, or of what is above chance. None
        without one of them, or where the oracle is not clear of 0, or of chance, by ERRORS standard errors."""
        oracle = self._oracle_of(better)
        if better is None or worse is None or oracle is None:
            return None
        whole, spread = oracle.score - chance * oracle.chance, of_cell(oracle).error
        if whole <= ERRORS * (spread or 0.0):
            return None
        difference, error = minus(
            *((cell.score - chance * cell.chance, of_cell(cell).error) for cell in (better, worse))
        )
        if error is None or spread is None:
            return difference / whole, None
        return difference / whole, hypot(error, difference / whole * spread) / whole

    def flat(self, tasks: Sequence[str]) -> tuple[str, ...]:
        """Of the tasks, those on which no condition does worse than another by more than noise."""
        values = {task: [of_cell(cell) for (_, other), cell in self._cells.items() if other == task] for task in tasks}
        return tuple(TASK_NAMES[task] for task in tasks if not can_lose(values[task]))

    def _oracle_of(self, cell: Cell | None) -> Cell | None:
        return self._cells.get((self.oracle, cell.task)) if cell and self.oracle else None

    def _percents(self) -> list[int]:
        wanted = ("kmeans-cosine", "none", "mlm", self.oracle.dim if self.oracle else 0)
        found = [c for c, _ in self._cells if (c.grouping.method, c.alignment, c.pretraining, c.dim) == wanted]
        return [c.grouping.percent for c in found if c.grouping.percent is not None]
