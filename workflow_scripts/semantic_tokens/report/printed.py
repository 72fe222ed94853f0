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


def beside(cells: Iterable[Cell], printed: Sequence[Printed], roles: Roles) -> dict[tuple[Condition, str], Printed]:
    """(condition, task) of the cells -> what the paper prints for it.

    A condition is matched by its name or by what it stands in for (`roles`). A single backbone that is neither the
    paper's nor stands in for one of them is put beside the paper's mBERT, its largest dimension beside mBERT's 768.
    """
    conditions = {cell.condition for cell in cells if cell.transfer == TRANSFER}
    backbones = {condition.backbone for condition in conditions}
    known = {p.condition.backbone for p in printed} | set(roles.backbones.values())
    if len(backbones) == 1 and not backbones & known:
        (backbone,) = backbones
        oracle = oracle_of(conditions, backbone)
        roles = replace(roles, backbones={_MAIN: backbone}, dims={_DIM: oracle.dim} if oracle else {})
    return _matched(conditions, printed, roles)


def of_the_same_oracle(beside: Mapping[tuple[Condition, str], Printed]) -> dict[tuple[Condition, str], Printed]:
    """What stands beside a run's conditions, retained as the run measures it.

    The paper prints shares of the continually pretrained oracle. Where the oracle of these conditions is not
    pretrained, they become shares of the paper's that is not either.
    """
    conditions = {condition for condition, _ in beside}
    oracles = {name: oracle_of(conditions, name) for name in {c.backbone for c in conditions}}
    found = {}
    for (condition, task), own in beside.items():
        oracle = oracles[condition.backbone]
        whole = beside.get((oracle, task)) if oracle else None
        found[condition, task] = replace(own, retained=own.retained / whole.retained) if whole else own
    return found


def _matched(
    conditions: set[Condition], printed: Sequence[Printed], roles: Roles
) -> dict[tuple[Condition, str], Printed]:
    """Where a dimension stands in for 768, the paper's own cells of that dimension have no part."""
    ours = {c: Condition.parse(roles.ours(str(c))) for c in {p.condition for p in printed}}
    in_order = sorted(printed, key=lambda p: p.condition.dim in roles.dims)  # of two that meet, the named one stays
    return {(ours[p.condition], p.task): p for p in in_order if ours[p.condition] in conditions}
