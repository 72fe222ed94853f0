"""Figure 11: what each set of alignment sources gives, all else equal: one bar per set, one panel per task."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from semantic_tokens.conditions import Condition
from semantic_tokens.report import METRIC_NAMES, TASK_NAMES, TASK_ORDER
from semantic_tokens.report.figures.hover import say
from semantic_tokens.report.figures.points import (
    Point,
    are_shares,
    chance,
    described,
    described_paper,
    extent,
    paper_label,
)
from semantic_tokens.report.figures.style import SMALL, WIDTH, drawn, style_of
from semantic_tokens.report.printed import Printed
from semantic_tokens.report.table5 import Cell

CHANCE, INK = "#777777", "#222222"


def points(cells: Sequence[Cell], printed: Mapping[tuple[Condition, str], Printed]) -> list[Point]:
    """The grouped conditions of a study, without alignment first, task by task."""
    shown = [cell for cell in cells if cell.condition.grouping.percent]
    conditions = sorted({cell.condition for cell in shown}, key=lambda c: (c.alignment != "none", c.alignment, str(c)))
    names = {condition: label(condition, conditions) for condition in conditions}
    by_key = {(cell.task, cell.condition): cell for cell in shown}
    return [
        Point(by_key[task, c], names[c], paper=printed.get((c, task)))
        for task in TASK_ORDER
        for c in conditions
        if (task, c) in by_key
    ]


def draw(points: Sequence[Point], *files: Path) -> None:
    """Draw the `points` in the formats of the files; the same points give the same bytes.

    A bar is a mean over languages and seeds: its share of the oracle's score with the 95% interval, or, without an
    oracle, the score with one standard deviation over seeds. Dotted lines are chance, crosses what the paper prints.
    """
    tasks = list(dict.fromkeys(point.cell.task for point in points))
    names = list(dict.fromkeys(point.line for point in points))
    shares = are_shares(points)
    with drawn(*files, width=WIDTH, height=0.8 + 0.24 * len(names), rc=SMALL) as figure:
        axes = figure.subplots(1, len(tasks), sharey=True, squeeze=False)[0]
        for task, ax in zip(tasks, axes):
            own = [point for point in points if point.cell.task == task]
            for point in own:
                place, e = names.index(point.line), extent(point, shares)
                color = style_of(point.cell.condition.grouping.method, point.cell.condition.alignment).color
                bar = ax.barh(place, e.value, color=color, height=0.66)
                say(bar[0], described(point))
                if e.low is not None and e.high is not None:
                    ax.plot([e.low, e.high], [place, place], color=INK, linewidth=0.9)
                if e.paper is not None and point.paper:
                    (mark,) = ax.plot(e.paper, place, "x", color=INK, markersize=4.5, label=paper_label(points))
                    say(mark, f"{point.line}, {described_paper(point.paper)}")
            by_chance = [x for x in (chance(point.cell, shares) for point in own) if x is not None]
            if by_chance:
                ax.axvline(min(by_chance), color=CHANCE, linestyle=":", linewidth=1.0, label="Chance")
            ax.set_title(f"{TASK_NAMES[task]}\n({METRIC_NAMES[own[0].cell.metric]})", loc="left")
            ax.set_xlim(left=0)
        axes[0].set_yticks(range(len(names)), names)
        axes[0].invert_yaxis()
        figure.supxlabel("% of the oracle's score" if shares else "score", fontsize=SMALL["axes.labelsize"])
        handles = {label: handle for ax in axes for handle, label in zip(*ax.get_legend_handles_labels())}
        figure.legend(handles.values(), handles, loc="outside lower left", ncols=2, frameon=False)


def label(condition: Condition, others: Sequence[Condition]) -> str:
    """The alignment, with the rest of the condition where the others differ in it."""
    name = "no alignment" if condition.alignment == "none" else condition.alignment.replace("clsa-", "CLSA: ")
    several = len({(c.backbone, c.dim, c.grouping, c.pretraining) for c in others}) > 1
    rest = f"{condition.backbone} d{condition.dim} {condition.grouping} {condition.pretraining}"
    return f"{name}, {rest}" if several else name
