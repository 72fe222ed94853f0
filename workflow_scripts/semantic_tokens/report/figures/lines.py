"""The lines of Figures 3 to 7, 9 and 12: scores along the grouping ratio, the dimension or the size of the table.

A line joins conditions that differ in the axis alone. What distinguishes the lines of a study chooses their colours and
names: the backbone, else the dimension, else grouping and alignment. `panels` draws them."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from semantic_tokens.conditions import Condition
from semantic_tokens.report import PRIMARY_METRIC, TASK_ORDER
from semantic_tokens.report.figures.points import Point
from semantic_tokens.report.figures.style import PALETTE, STYLES, Style, style_of
from semantic_tokens.report.printed import TRANSFER, Printed
from semantic_tokens.report.table5 import Cell, oracle_in

Line = tuple[str, int, str, str, str]  # backbone, dim (0: along the line), alignment, grouping, pretraining

# axis -> its name, the place of a condition on it (given the oracle's dim), the text of a tick
AXES: dict[str, tuple[str, Callable[[Condition, int], float], Callable[[float], str]]] = {
    "ratio": ("grouping ratio", lambda c, _: c.grouping.ratio, lambda x: f"{100 * x:.0f}%"),
    "dimension": ("embedding dimensions", lambda c, _: float(c.dim), lambda x: f"{x:.0f}"),
    "parameters": (
        "size of the table",
        lambda c, dim: c.dim / dim * c.grouping.ratio,
        lambda x: f"{100 * x:.{0 if x >= 0.1 else 1 if x >= 0.01 else 2}f}%",
    ),
}


def transfers(cells: Sequence[Cell]) -> list[str]:
    """The training data of the cells, in order: each has a block of panels."""
    return sorted({cell.transfer for cell in cells})


def oracle(cells: Sequence[Cell], transfer: str) -> Condition | None:
    """The one oracle that a block is measured by; None where several backbones are compared, or where there is none."""
    backbones = {cell.condition.backbone for cell in cells if cell.transfer == transfer}
    return oracle_in(cells, min(backbones), transfer) if len(backbones) == 1 else None


def points(cells: Sequence[Cell], axis: str, printed: Mapping[tuple[Condition, str], Printed]) -> list[Point]:
    """What the figure of a study shows, the oracle's level included, in the order of blocks, tasks and the legend.

    cells: of the primary metrics. `axis`: a key of AXES. `printed`: what the paper prints (`printed.beside`).
    """
    found = []
    for transfer in transfers(cells):
        block = [cell for cell in cells if cell.transfer == transfer]
        reference = oracle(block, transfer)
        dim = reference.dim if reference else max(cell.condition.dim for cell in block)
        names = labels(list(series(block, axis)))
        for task in (task for task in TASK_ORDER if any(cell.task == task for cell in block)):
            own = [cell for cell in block if cell.task == task]
            lines = series(own, axis)
            shown = [(names[line], cell) for line in names if line in lines for cell in lines[line]]
            shown += [(oracle_label(cell.condition), cell) for cell in own if cell.condition == reference]
            for label, cell in shown:
                paper = printed.get((cell.condition, cell.task)) if transfer == TRANSFER else None
                found.append(Point(cell, label, AXES[axis][1](cell.condition, dim), paper))
    return found


def primary(cells: Sequence[Cell]) -> list[Cell]:
    """The cells of the tasks' primary metrics."""
    return [cell for cell in cells if cell.metric == PRIMARY_METRIC[cell.task]]


def oracle_label(condition: Condition) -> str:
    """What the legend calls the level of an oracle."""
    pretrained = "" if condition.pretraining == "mlm" else ", not continually pretrained"
    return f"Oracle: full vocabulary{pretrained}"


def line_of(condition: Condition, axis: str) -> Line:
    """What a condition shares with the others on its line. By parameters, the full vocabulary is a line over the
    dimensions, and every dimension a line over the ratios."""
    c = condition
    along_dim = axis == "dimension" or (axis == "parameters" and c.grouping.percent is None)
    grouping = str(c.grouping) if axis == "dimension" else c.grouping.method
    return c.backbone, 0 if along_dim else c.dim, c.alignment, grouping, c.pretraining


def series(cells: Sequence[Cell], axis: str) -> dict[Line, list[Cell]]:
    """The cells of every line along the axis, the lines in the legend's order.

    Along the ratio the full vocabulary is the oracle's level; where several models are compared it is each line's
    point at 100% instead.
    """
    chosen = [cell for cell in cells if axis != "ratio" or cell.condition.grouping.percent]
    found: dict[Line, list[Cell]] = defaultdict(list)
    for cell in chosen:
        found[line_of(cell.condition, axis)].append(cell)
    if axis == "ratio" and len({line[:2] for line in found}) > 1:
        for cell in cells:
            c = cell.condition
            for line in found if c.grouping.percent is None else ():
                if (c.backbone, c.dim, c.pretraining) == (line[0], line[1], line[4]):
                    found[line].append(cell)
    by_place = {
        line: sorted(points, key=lambda cell: AXES[axis][1](cell.condition, 1)) for line, points in found.items()
    }
    return {line: by_place[line] for line in sorted(by_place, key=_legend_order)}


def labels(lines: Sequence[Line]) -> dict[Line, str]:
    """What distinguishes each line from the others: backbone, dimension, grouping with alignment, pretraining."""
    several_backbones, several_dims = (len({line[i] for line in lines}) > 1 for i in (0, 1))
    several_groupings = len({line[2:4] for line in lines}) > 1
    several_sets = len({line[2].partition("-")[2] for line in lines if line[2] != "none"}) > 1
    found = {}
    for line in lines:
        backbone, dim, alignment, _, pretraining = line
        parts = [backbone] * several_backbones + [f"d = {dim}"] * (several_dims and dim > 0)
        if several_groupings or not parts:
            given = f" ({alignment.partition('-')[2]})" if several_sets and alignment != "none" else ""
            parts.append(style(line).label + given)
        found[line] = ", ".join(parts) + ("" if pretraining == "mlm" else ", not continually pretrained")
    return found


def _legend_order(line: Line) -> tuple[Any, ...]:
    styles = list(STYLES.values())
    own = style(line)
    return line[0], -line[1], styles.index(own) if own in styles else len(styles), line[2:4], line[4]


def style(line: Line) -> Style:
    """The style of a line's grouping."""
    return style_of(re.sub("-r[0-9]{2}$", "", line[3]), line[2])


def colors(lines: Sequence[Line]) -> dict[Line, str]:
    """By backbone, else by dimension, else by grouping and alignment: the first of them that differs."""
    for i in (0, 1):
        values = list(dict.fromkeys(line[i] for line in lines))
        if len(values) > 1 and len({line[2:4] for line in lines}) == 1:
            return {line: PALETTE[values.index(line[i]) % len(PALETTE)] for line in lines}
    return {line: style(line).color for line in lines}
