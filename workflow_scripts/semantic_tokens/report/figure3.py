"""Figure 3 (and the blue and orange lines of Figure 4): score against grouping ratio, one panel a task."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from semantic_tokens.conditions import Condition
from semantic_tokens.report import METRIC_NAMES, PRIMARY_METRIC, TASK_NAMES, TASK_ORDER
from semantic_tokens.report.table5 import Cell, oracle_in


@dataclass(frozen=True)
class Style:
    """How a grouping is drawn; colours from the Okabe-Ito palette, each with a marker of its own."""

    label: str
    color: str
    marker: str


# (method, aligned or not) -> style; other conditions belong to other figures and are left out.
STYLES = {
    ("kmeans-cosine", False): Style("K-Means", "#0072B2", "o"),
    ("kmeans-cosine", True): Style("K-Means + CLSA", "#E69F00", "s"),
    ("first", False): Style("First-k", "#C8102E", "v"),
    ("random-stratified", False): Style("Random, one word per language", "#7B4FA0", "D"),
    ("random", False): Style("Random", "#555555", "P"),
}
# Share of the oracle's score from and to, and the colour (paper, Figure 3).
BANDS = ((0.9, None, "#e3f2e1"), (0.7, 0.9, "#fdf6d3"), (0.5, 0.7, "#fbe4df"))
ORACLE, CHANCE = "#1b7837", "#8a8a8a"
_DODGE = 1.035  # lines stand this factor apart sideways, so that points at one ratio do not hide each other
_RC: dict[Any, Any] = {
    "svg.hashsalt": "figure3",
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#666666",
    "xtick.color": "#333333",
    "ytick.color": "#333333",
}


def draw(cells: Sequence[Cell], svg: Path, png: Path) -> None:
    """Draw Figure 3 of every backbone and transfer, at its oracle's dim; the same cells give the same bytes.

    Points are means over seeds, bars one standard deviation; green, yellow and red grounds are more than 90%, 70-90%
    and 50-70% of the oracle, the paper's bands.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    primary = [cell for cell in cells if cell.metric == PRIMARY_METRIC[cell.task]]
    blocks = sorted({(cell.condition.backbone, cell.transfer) for cell in primary})
    with plt.rc_context(_RC):
        figure = plt.figure(figsize=(9.6, 5.4 * len(blocks)), layout="constrained")
        for block, part in zip(blocks, figure.subfigures(len(blocks), 1, squeeze=False)[:, 0]):
            _draw_block(part, [cell for cell in primary if (cell.condition.backbone, cell.transfer) == block], *block)
        _save(figure, svg, png)
        plt.close(figure)


def _save(figure: Any, svg: Path, png: Path) -> None:
    figure.savefig(svg, metadata={"Date": None, "Creator": None, "Type": None, "Format": None})
    figure.savefig(png, dpi=160, metadata={"Software": None})


def _draw_block(part: Any, cells: list[Cell], backbone: str, transfer: str) -> None:
    """Five panels and, in the place of a sixth, the legend."""
    oracle = oracle_in(cells, backbone, transfer)
    axes = part.subplots(2, 3).flat
    names = lines({cell.condition for cell in cells}, oracle)
    handles: dict[str, Any] = {}
    for task, ax in zip(TASK_ORDER, axes):
        _draw_panel(ax, [cell for cell in cells if cell.task == task], task, oracle, names)
        handles |= {label: handle for handle, label in zip(*ax.get_legend_handles_labels())}
    legend = part.axes[len(TASK_ORDER)]
    legend.axis("off")
    title = f"{backbone}, d = {oracle.dim}" if oracle else backbone
    ordered = [*names.values(), *(label for label in handles if label not in names.values())]
    ordered = [label for label in ordered if label in handles]
    legend.legend(
        [handles[label] for label in ordered], ordered, title=f"{title}, {transfer}", loc="center", frameon=False
    )


def lines(conditions: set[Condition], oracle: Condition | None) -> dict[tuple[str, str, str], str]:
    """(method, alignment, pretraining) -> label of every line to draw, in the legend's order."""
    shown = [c for c in conditions if c.grouping.percent and _style(c) and (oracle is None or c.dim == oracle.dim)]
    sets = {c.alignment for c in shown} - {"none"}
    order = list(STYLES)
    keys = {(order.index((c.grouping.method, c.alignment != "none")), c.alignment, c.pretraining) for c in shown}
    labels = {}
    for position, alignment, pretraining in sorted(keys):
        method, aligned = order[position]
        label = STYLES[method, aligned].label + (f" ({alignment})" if aligned and len(sets) > 1 else "")
        labels[method, alignment, pretraining] = label if pretraining == "mlm" else f"{label}, not pretrained further"
    return labels


def _style(condition: Condition) -> Style | None:
    return STYLES.get((condition.grouping.method, condition.alignment != "none"))


def _draw_panel(
    ax: Any, cells: list[Cell], task: str, oracle: Condition | None, names: dict[tuple[str, str, str], str]
) -> None:
    ax.set_title(f"{TASK_NAMES[task]} ({METRIC_NAMES[PRIMARY_METRIC[task]]})", loc="left")
    ax.set_xscale("log")
    series: dict[tuple[str, str, str], list[Cell]] = defaultdict(list)
    for cell in cells:
        key = (cell.condition.grouping.method, cell.condition.alignment, cell.condition.pretraining)
        if key in names and cell.condition.grouping.percent and (not oracle or cell.condition.dim == oracle.dim):
            series[key].append(cell)
    if not series:
        ax.text(0.5, 0.5, "not measured", transform=ax.transAxes, ha="center", color="#666666")
        ax.set(xticks=[], yticks=[])
        return
    for position, (key, label) in enumerate(names.items()):
        if key in series:
            _draw_line(ax, series[key], label, _DODGE ** (position - (len(names) - 1) / 2))
    drawn = [cell for line in series.values() for cell in line]
    reference = next((cell for cell in cells if cell.condition == oracle), None)
    _draw_references(ax, drawn, reference)
    _label_ratios(ax, sorted({cell.condition.grouping.ratio for cell in drawn}))


def _draw_line(ax: Any, cells: list[Cell], label: str, shift: float) -> None:
    cells = sorted(cells, key=lambda cell: cell.condition.grouping.ratio)
    style, further = _style(cells[0].condition), cells[0].condition.pretraining == "mlm"
    assert style is not None
    ax.errorbar(
        [cell.condition.grouping.ratio * shift for cell in cells],
        [cell.score for cell in cells],
        yerr=[cell.std or 0.0 for cell in cells] if any(cell.std is not None for cell in cells) else None,
        label=label,
        color=style.color,
        marker=style.marker,
        markerfacecolor=style.color if further else "white",
        linestyle="-" if further else "--",
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
    label = "Oracle: full vocabulary" + ("" if oracle.condition.pretraining == "mlm" else ", not pretrained further")
    ax.axhline(oracle.score, color=ORACLE, linestyle=(0, (5, 2)), linewidth=1.6, label=label, zorder=2)


def _label_ratios(ax: Any, ratios: list[float]) -> None:
    from matplotlib.ticker import NullLocator

    ax.set_xlim(ratios[0] / 1.35, ratios[-1] * 1.35)
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xlabel("grouping ratio", fontsize=8, color="#333333", labelpad=1)
    ax.set_xticks(ratios, [f"{100 * ratio:.0f}%" for ratio in ratios])
