"""Figures 3 to 9 and 12: scores along the grouping ratio, the dimension or the size of the embedding table.

One panel per task. A line joins conditions that differ in the axis alone. What distinguishes the lines of a study
chooses their colours and names: the backbone, else the dimension, else grouping and alignment."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from semantic_tokens.conditions import Condition
from semantic_tokens.report import METRIC_NAMES, PRIMARY_METRIC, TASK_NAMES, TASK_ORDER
from semantic_tokens.report.figures.style import PALETTE, RC, STYLES, Style, pyplot, save, style_of
from semantic_tokens.report.table5 import Cell, oracle_in

# Share of the oracle's score from and to, and the colour (paper, Figure 3).
BANDS = ((0.9, None, "#e3f2e1"), (0.7, 0.9, "#fdf6d3"), (0.5, 0.7, "#fbe4df"))
ORACLE, CHANCE = "#1b7837", "#8a8a8a"
_DODGE = 1.035  # lines stand this factor apart sideways, so that points at one place do not hide each other
Line = tuple[str, int, str, str, str]  # backbone, dim (0: along the line), alignment, grouping, pretraining

# axis -> its name, the place of a condition on it (given the oracle's dim), the text of a tick
AXES: dict[str, tuple[str, Callable[[Condition, int], float], Callable[[float], str]]] = {
    "ratio": ("grouping ratio", lambda c, _: c.grouping.ratio, lambda x: f"{100 * x:.0f}%"),
    "dimension": ("embedding dimensions", lambda c, _: float(c.dim), lambda x: f"{x:.0f}"),
    "parameters": ("size of the table", lambda c, dim: c.dim / dim * c.grouping.ratio, lambda x: f"{100 * x:.2g}%"),
}


def draw(cells: Sequence[Cell], axis: str, svg: Path, png: Path) -> None:
    """Draw a study; the same cells give the same bytes. `axis`: a key of AXES.

    Points are means over seeds, bars one standard deviation. Where one backbone is shown: its oracle, and on green,
    yellow and red grounds more than 90%, 70-90% and 50-70% of the oracle's score, the paper's bands.
    """
    plt = pyplot()

    primary = [cell for cell in cells if cell.metric == PRIMARY_METRIC[cell.task]]
    transfers = sorted({cell.transfer for cell in primary})
    height = 2.7 * _rows(len({cell.task for cell in primary}))
    with plt.rc_context(RC):
        figure = plt.figure(figsize=(9.6, max(3.6, height) * len(transfers)), layout="constrained")
        for transfer, part in zip(transfers, figure.subfigures(len(transfers), 1, squeeze=False)[:, 0]):
            _draw_block(part, [cell for cell in primary if cell.transfer == transfer], axis, transfer)
        save(figure, svg, png)
        plt.close(figure)


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
            parts.append(_style(line).label + given)
        found[line] = ", ".join(parts) + ("" if pretraining == "mlm" else ", not continually pretrained")
    return found


def _legend_order(line: Line) -> tuple[Any, ...]:
    styles = list(STYLES.values())
    style = _style(line)
    return line[0], -line[1], styles.index(style) if style in styles else len(styles), line[2:4], line[4]


def _style(line: Line) -> Style:
    return style_of(re.sub("-r[0-9]{2}$", "", line[3]), line[2])


def _colors(lines: Sequence[Line]) -> dict[Line, str]:
    """By backbone, else by dimension, else by grouping and alignment: the first of them that differs."""
    for i in (0, 1):
        values = list(dict.fromkeys(line[i] for line in lines))
        if len(values) > 1 and len({line[2:4] for line in lines}) == 1:
            return {line: PALETTE[values.index(line[i]) % len(PALETTE)] for line in lines}
    return {line: _style(line).color for line in lines}


def _rows(n_tasks: int) -> int:
    """Rows of three panels that hold one for each task and the legend."""
    return -(-(n_tasks + 1) // 3)


def _draw_block(part: Any, cells: list[Cell], axis: str, transfer: str) -> None:
    """One panel per task and, in the place of one more, the legend."""
    backbones = {cell.condition.backbone for cell in cells}
    oracle = oracle_in(cells, min(backbones), transfer) if len(backbones) == 1 else None
    tasks = [task for task in TASK_ORDER if any(cell.task == task for cell in cells)]
    axes = part.subplots(_rows(len(tasks)), 3, squeeze=False).flat
    handles: dict[str, Any] = {}
    names = labels(list(series(cells, axis)))
    for task, ax in zip(tasks, axes):
        _draw_panel(ax, [cell for cell in cells if cell.task == task], axis, oracle, names)
        ax.set_title(f"{TASK_NAMES[task]} ({METRIC_NAMES[PRIMARY_METRIC[task]]})", loc="left")
        handles |= {label: handle for handle, label in zip(*ax.get_legend_handles_labels())}
    for ax in part.axes[len(tasks) :]:
        ax.axis("off")
    ordered = [*(name for name in names.values() if name in handles), *(h for h in handles if h not in names.values())]
    title = f"{', '.join(sorted(backbones))}{f', d = {oracle.dim}' if oracle else ''}, {transfer}"
    part.axes[len(tasks)].legend(
        [handles[label] for label in ordered], ordered, title=title, loc="center", frameon=False
    )


def _draw_panel(ax: Any, cells: list[Cell], axis: str, oracle: Condition | None, names: dict[Line, str]) -> None:
    drawn = series(cells, axis)
    name, place, tick = AXES[axis]
    ax.set_xscale("log")
    if not drawn:
        ax.text(0.5, 0.5, "not measured", transform=ax.transAxes, ha="center", color="#666666")
        ax.set(xticks=[], yticks=[])
        return
    dim = oracle.dim if oracle else max(cell.condition.dim for cell in cells)
    colors = _colors(list(names))
    for position, (line, label) in enumerate(names.items()):
        shift = _DODGE ** (position - (len(names) - 1) / 2)
        if line in drawn:
            places = [place(cell.condition, dim) * shift for cell in drawn[line]]
            _draw_line(ax, places, drawn[line], label, colors[line], _style(line).marker)
    points = [cell for line in drawn.values() for cell in line]
    _draw_references(ax, points, next((cell for cell in cells if cell.condition == oracle), None))
    _label_places(ax, name, sorted({place(cell.condition, dim) for cell in points}), tick)


def _draw_line(ax: Any, places: list[float], cells: list[Cell], label: str, color: str, marker: str) -> None:
    pretrained = cells[0].condition.pretraining == "mlm"
    ax.errorbar(
        places,
        [cell.score for cell in cells],
        yerr=[cell.std or 0.0 for cell in cells] if any(cell.std is not None for cell in cells) else None,
        label=label,
        color=color,
        marker=marker,
        markerfacecolor=color if pretrained else "white",
        linestyle="-" if pretrained else "--",
        markersize=5.5,
        linewidth=1.6,
        elinewidth=1.0,
        capsize=2.5,
        zorder=3,
    )


def _draw_references(ax: Any, cells: list[Cell], oracle: Cell | None) -> None:
    """The oracle's line and bands, the chance line, and limits that hold them and every point with its bar."""
    chance = min(cell.chance for cell in cells)
    values = [cell.score + sign * (cell.std or 0.0) for cell in cells for sign in (-1, 1)] + [chance]
    ax.axhline(chance, color=CHANCE, linestyle=":", linewidth=1.4, label="Chance", zorder=2)
    if oracle is not None:
        values.append(oracle.score)
    low, high = min(values), max(values)
    margin = 0.07 * (high - low or 1.0)
    ax.set_ylim(low - margin, high + margin)
    if oracle is None:
        return
    for lower, upper, color in BANDS:
        top = high + margin if upper is None else upper * oracle.score
        ax.axhspan(lower * oracle.score, top, color=color, linewidth=0, zorder=0)
        if low < lower * oracle.score:
            ax.annotate(
                f"{100 * lower:.0f}%", (1, lower * oracle.score), xycoords=("axes fraction", "data"), xytext=(-2, 1),
                textcoords="offset points", ha="right", va="bottom", fontsize=6.5, color="#777777",
            )  # fmt: skip
    label = "Oracle: full vocabulary" + (
        "" if oracle.condition.pretraining == "mlm" else ", not continually pretrained"
    )
    ax.axhline(oracle.score, color=ORACLE, linestyle=(0, (5, 2)), linewidth=1.6, label=label, zorder=2)


def _label_places(ax: Any, name: str, places: list[float], tick: Callable[[float], str]) -> None:
    from matplotlib.ticker import NullLocator

    ax.set_xlim(places[0] / 1.35, places[-1] * 1.35)
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xlabel(name, fontsize=8, color="#333333", labelpad=1)
    ax.set_xticks(places, [tick(place) for place in places])
