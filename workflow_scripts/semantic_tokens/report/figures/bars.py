"""Figure 11: what each set of alignment sources gives, all else equal: one bar per set, one panel per task."""

from collections.abc import Sequence
from pathlib import Path

from semantic_tokens.conditions import Condition
from semantic_tokens.report import METRIC_NAMES, PRIMARY_METRIC, TASK_NAMES, TASK_ORDER
from semantic_tokens.report.figures.style import PALETTE, RC, pyplot, save
from semantic_tokens.report.table5 import Cell

CHANCE = "#8a8a8a"


def draw(cells: Sequence[Cell], svg: Path, png: Path) -> None:
    """Draw a study whose grouped conditions differ in alignment; the same cells give the same bytes.

    Bars are means over languages and seeds, whiskers one standard deviation over seeds, dotted lines chance.
    """
    plt = pyplot()

    shown = [cell for cell in cells if cell.metric == PRIMARY_METRIC[cell.task] and cell.condition.grouping.percent]
    tasks = [task for task in TASK_ORDER if any(cell.task == task for cell in shown)]
    conditions = sorted({cell.condition for cell in shown}, key=lambda c: (c.alignment != "none", str(c)), reverse=True)
    names = [label(condition, conditions) for condition in conditions]
    with plt.rc_context(RC):
        figure, axes = plt.subplots(
            1, len(tasks), figsize=(2 + 1.9 * len(tasks), 0.9 + 0.36 * len(names)), sharey=True, squeeze=False,
            layout="constrained",
        )  # fmt: skip
        for ax, task in zip(axes[0], tasks):
            found = {cell.condition: cell for cell in shown if cell.task == task}
            for place, condition in enumerate(conditions):
                if condition in found:
                    cell, color = found[condition], PALETTE[(len(names) - 1 - place) % len(PALETTE)]
                    ax.barh(place, cell.score, xerr=cell.std, color=color, height=0.7, error_kw={"linewidth": 1.0})
                    ax.axvline(cell.chance, color=CHANCE, linestyle=":", linewidth=1.0)
            ax.set_title(f"{TASK_NAMES[task]} ({METRIC_NAMES[PRIMARY_METRIC[task]]})", loc="left", fontsize=8.5)
        axes[0][0].set_yticks(range(len(names)), names)
        save(figure, svg, png)
        plt.close(figure)


def label(condition: Condition, others: Sequence[Condition]) -> str:
    """The alignment, with the rest of the condition where the others differ in it."""
    name = "no alignment" if condition.alignment == "none" else condition.alignment.replace("clsa-", "CLSA: ")
    several = len({(c.backbone, c.dim, c.grouping, c.pretraining) for c in others}) > 1
    rest = f"{condition.backbone} d{condition.dim} {condition.grouping} {condition.pretraining}"
    return f"{name}, {rest}" if several else name
