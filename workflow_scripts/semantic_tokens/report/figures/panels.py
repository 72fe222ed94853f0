"""Draws the lines of a study: a panel a task, and the legend in the place of the first."""

from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

from semantic_tokens.conditions import Condition
from semantic_tokens.report import METRIC_NAMES, TASK_NAMES
from semantic_tokens.report.figures.hover import say
from semantic_tokens.report.figures.lines import (
    AXES,
    Line,
    colors,
    labels,
    oracle,
    oracle_label,
    primary,
    series,
    style,
    transfers,
)
from semantic_tokens.report.figures.points import (
    Point,
    are_shares,
    chance,
    described,
    described_paper,
    extent,
    paper_label,
)
from semantic_tokens.report.figures.style import SMALL, WIDTH, drawn
from semantic_tokens.report.table5 import Cell

# Percent of the oracle's score from and to, and the colour (paper, Figure 3).
BANDS = ((90, None, "#e3f2e1"), (70, 90, "#fdf6d3"), (50, 70, "#fbe4df"))
_CHANCE = "Chance"
ORACLE, CHANCE, SOFT = "#1b7837", "#777777", "#555555"
_COLUMNS = 3
_LEGEND_LINES = 12  # that have room above the next panel
_DODGE = 1.04  # lines stand this factor apart sideways, so that points at one place do not hide each other


def draw(points: Sequence[Point], cells: Sequence[Cell], axis: str, *files: Path) -> None:
    """Draw the `points` of a study (`lines.points` of its cells) in the formats of the files; same points, same bytes.

    A mark is a mean over seeds: its share of the oracle's score with the 95% interval, or, without an oracle, the score
    with one standard deviation over seeds. Crosses are what the paper prints. On green, yellow and red ground is more
    than 90%, 70-90% and 50-70% of the oracle's score, the paper's bands.
    """
    cells = primary(cells)
    blocks = transfers(cells)
    rows = [_rows(len({c.task for c in cells if c.transfer == transfer})) for transfer in blocks]
    with drawn(*files, width=WIDTH, height=1.95 * sum(rows), rc=SMALL) as figure:
        parts = figure.subfigures(len(blocks), 1, squeeze=False, height_ratios=rows)[:, 0]
        for transfer, part, n in zip(blocks, parts, rows):
            block = [cell for cell in cells if cell.transfer == transfer]
            _Block([p for p in points if p.cell.transfer == transfer], block, axis, transfer).draw(part, n)


def _rows(n_tasks: int) -> int:
    """Rows of panels that hold one for each task and the legend."""
    return -(-(n_tasks + 1) // _COLUMNS)


class _Block:
    """The panels of one transfer, which share lines, colours and the oracle."""

    def __init__(self, points: Sequence[Point], cells: Sequence[Cell], axis: str, transfer: str) -> None:
        lines = list(series(cells, axis))
        self.points, self.axis, self.transfer = points, axis, transfer
        self.names: dict[Line, str] = labels(lines)
        self.colors = colors(lines)
        self.oracle: Condition | None = oracle(cells, transfer)
        self.shares, self.paper = are_shares(points), paper_label(points)
        self.backbones = sorted({cell.condition.backbone for cell in cells})
        self.tasks = list(dict.fromkeys(point.cell.task for point in points))

    def draw(self, part: Any, rows: int) -> None:
        axes = part.subplots(rows, _COLUMNS, squeeze=False)
        for ax in axes.flat:
            ax.set_visible(False)
        handles: dict[str, Any] = {}
        for place, (task, ax) in enumerate(zip(self.tasks, axes.flat[1:]), 1):
            ax.set_visible(True)
            self._panel(ax, [p for p in self.points if p.cell.task == task])
            if place % _COLUMNS == 0 or place == 1:
                ax.set_ylabel("% of the oracle's score" if self.shares else "score", labelpad=2)
            handles |= {label: handle for handle, label in zip(*ax.get_legend_handles_labels())}
        self._legend(axes.flat[0], handles)

    def _legend(self, ax: Any, handles: dict[str, Any]) -> None:
        ax.set_visible(True)
        ax.axis("off")
        names = [name for name in self.names.values() if name in handles]
        names += sorted(handles.keys() - set(names), key=lambda name: (name == _CHANCE, name.startswith("Paper"), name))
        about = f"{', '.join(self.backbones)}{f', d = {self.oracle.dim}' if self.oracle else ''}, {self.transfer}"
        texts = [fill(name, 27) for name in names]
        crowded = sum(text.count("\n") + 1 for text in texts) > _LEGEND_LINES
        legend = ax.legend(
            [handles[name] for name in names], texts, title=fill(about, 34),
            loc="upper left", bbox_to_anchor=(-0.12, 1.12), borderaxespad=0, frameon=False, alignment="left",
            labelspacing=0.2 if crowded else 0.45, fontsize=6.5 if crowded else 7, handlelength=2.2,
        )  # fmt: skip
        legend.set_in_layout(False)  # it may be higher than a panel, and there is room below

    def _panel(self, ax: Any, points: Sequence[Point]) -> None:
        cell = points[0].cell
        ax.set_title(f"{TASK_NAMES[cell.task]} ({METRIC_NAMES[cell.metric]})", loc="left", pad=4)
        ax.set_xscale("log")
        level = next((p for p in points if p.cell.condition == self.oracle and p.line not in self.names.values()), None)
        marks = [p for p in points if p is not level]
        for position, (line, name) in enumerate(self.names.items()):
            own = [p for p in marks if p.line == name]
            if own:
                shift = _DODGE ** (position - (len(self.names) - 1) / 2)
                _draw_line(ax, own, self.shares, self.colors[line], line, shift, self.paper)
        self._references(ax, points, level)
        name, _, tick = AXES[self.axis]
        _label_places(ax, name, sorted({p.place for p in marks if p.place is not None}), tick)

    def _references(self, ax: Any, points: Sequence[Point], level: Point | None) -> None:
        """The oracle's line and bands, the chance line, and limits that hold them and every mark with its interval."""
        extents = [extent(point, self.shares) for point in points]
        values = [x for e in extents for x in (e.value, e.low, e.high, e.paper) if x is not None]
        by_chance = min((x for p in points if (x := chance(p.cell, self.shares)) is not None), default=None)
        if by_chance is not None and by_chance > min(values) - 0.4 * (max(values) - min(values)):
            values.append(by_chance)
            ax.axhline(by_chance, color=CHANCE, linestyle=":", linewidth=1.0, label=_CHANCE, zorder=2)
        elif by_chance is not None:  # its line, far below, would press the others together
            text = f"chance {by_chance:.0f}%" if self.shares else f"chance {by_chance:.3f}"
            ax.set_title(text, loc="right", fontsize=5.5, color=CHANCE, pad=4)
        low, high = min(values), max(values)
        margin = 0.06 * (high - low or 1.0)
        ax.set_ylim(low - margin, high + margin)
        if not self.shares:
            return
        for lower, upper, color in BANDS:
            ax.axhspan(lower, high + margin if upper is None else upper, color=color, linewidth=0, zorder=0)
        if level is not None:
            label = oracle_label(level.cell.condition)
            line = ax.axhline(100, color=ORACLE, linestyle=(0, (5, 2)), linewidth=1.2, label=label, zorder=2)
            say(line, described(level))


def _draw_line(
    ax: Any, points: Sequence[Point], shares: bool, color: str, line: Line, shift: float, paper: str
) -> None:
    pretrained = line[-1] == "mlm"
    look: dict[str, Any] = {
        "color": color,
        "marker": style(line).marker,
        "markerfacecolor": color if pretrained else "white",
    }
    look |= {"markersize": 4.2, "markeredgewidth": 0.9}
    dashes = "-" if pretrained else (0, (3, 1.5))
    placed = [((point.place or 0) * shift, point, extent(point, shares)) for point in points]
    ax.plot([x for x, _, _ in placed], [e.value for _, _, e in placed], color=color, linestyle=dashes, zorder=3)
    ax.plot([], [], label=points[0].line, linestyle=dashes, **look)  # for the legend
    printed = [(x, point, e.paper) for x, point, e in placed if e.paper is not None]
    if printed:
        cross = {"marker": "x", "markersize": 4.2, "markeredgewidth": 1.0}
        ax.plot([x for x, _, _ in printed], [y for _, _, y in printed], color=color, linestyle=":", linewidth=0.8)
        ax.plot([], [], label=paper, color=SOFT, linestyle=":", linewidth=0.8, **cross)
        for x, point, y in printed:
            (mark,) = ax.plot(x, y, color=color, zorder=3, **cross)
            if point.paper:
                say(mark, f"{point.line}, {described_paper(point.paper)}")
    for x, point, e in placed:
        if e.low is not None and e.high is not None:
            (bar,) = ax.plot([x, x], [e.low, e.high], color=color, linewidth=0.8, zorder=3, solid_capstyle="butt")
            say(bar, described(point))
        (mark,) = ax.plot(x, e.value, zorder=3, linestyle="none", **look)
        say(mark, described(point))


def _label_places(ax: Any, name: str, places: Sequence[float], tick: Any) -> None:
    from matplotlib.ticker import NullLocator

    ax.set_xlim(places[0] / 1.35, places[-1] * 1.35)
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xlabel(name, labelpad=1)
    written = apart(places)
    ax.set_xticks(places, [tick(place) if place in written else "" for place in places])


def apart(places: Sequence[float]) -> list[float]:
    """Of the places of an axis, those whose labels do not run into the next one's, from the last on."""
    least = (places[-1] * 1.35 / (places[0] / 1.35)) ** 0.17  # on a log axis, where a factor is a distance
    kept = [places[-1]]
    for place in reversed(places[:-1]):
        if kept[-1] / place >= least:
            kept.append(place)
    return kept
