"""What the paper's Table 5 prints beside the conditions of a run."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from semantic_tokens import csv_rows
from semantic_tokens.conditions import Condition
from semantic_tokens.report.claims.scores import Roles, condition_of_table5, fraction_of_table5
from semantic_tokens.report.table5 import Cell, oracle_of

TRANSFER = "in-language"  # all of Table 5
_MAIN, _DIM = "mbert", 768  # the paper's main backbone, and the dimension of its word embeddings


@dataclass(frozen=True)
class Printed:
    """A cell of the paper's Table 5: the score and the share of the oracle's score that it prints, both fractions."""

    condition: Condition
    task: str
    score: float
    retained: float


def read(path: Path) -> list[Printed]:
    """The cells of reference/table5.csv."""
    return [
        Printed(condition_of_table5(row), row["task"], fraction_of_table5(row), float(row["percent"]) / 100)
        for row in csv_rows.read(path)
    ]


def beside(cells: Iterable[Cell], printed: Sequence[Printed], roles: Roles) -> Mapping[tuple[Condition, str], Printed]:
    """(condition, task) of the cells -> what the paper prints for it.

    A condition is matched by its name or by what it stands in for (`roles`). Where no backbone of the cells is the
    paper's or stands in for one of them, and there is one only, it is put beside the paper's mBERT, its largest
    dimension beside mBERT's 768.
    """
    conditions = {cell.condition for cell in cells if cell.transfer == TRANSFER}
    backbones = {condition.backbone for condition in conditions}
    found = _matched(conditions, printed, roles)
    if not found and len(backbones) == 1:
        (backbone,) = backbones
        oracle = oracle_of(conditions, backbone)
        dims = {_DIM: oracle.dim} if oracle else {}
        found = _matched(conditions, printed, replace(roles, backbones={_MAIN: backbone}, dims=dims))
    return found


def _matched(
    conditions: set[Condition], printed: Sequence[Printed], roles: Roles
) -> dict[tuple[Condition, str], Printed]:
    # A dimension that another stands in for wins over one that stands for itself: 768 over 128, where ours is 128.
    printed = sorted(printed, key=lambda p: p.condition.dim in roles.dims)
    ours = {condition: Condition.parse(roles.ours(str(condition))) for condition in {p.condition for p in printed}}
    return {(ours[p.condition], p.task): p for p in printed if ours[p.condition] in conditions}
