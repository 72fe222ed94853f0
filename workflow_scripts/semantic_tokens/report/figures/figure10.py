"""Figure 10: correlation of the languages' drops between tasks, and its p-value, as two heat maps (paper, App. C)."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from semantic_tokens.report import TASK_NAMES
from semantic_tokens.report.figures.style import RC, pyplot, save, style_of
from semantic_tokens.report.languages import PAIRS, Correlation

_BLOCKS = (2, 3)  # the paper's next group of pairs begins at these rows
_MAPS = (("rho", "Pearson ρ", "Blues"), ("p", "p, one-tailed", "Greens_r"))


def draw(rows: Sequence[Correlation], svg: Path, png: Path) -> None:
    """Draw two heat maps for each line of conditions that differ in the grouping ratio alone.

    Stronger colour means a higher rho, a smaller p; a dash: not measured. The same rows give the same bytes.
    """
    plt = pyplot()

    lines: dict[str, list[Correlation]] = defaultdict(list)
    for row in rows:
        lines[title(row)].append(row)
    with plt.rc_context(RC):
        figure = plt.figure(figsize=(9.6, 2.7 * max(1, len(lines))), layout="constrained")
        if not lines:
            figure.text(0.5, 0.5, "not measured: no grouped condition with an oracle", ha="center", color="#666666")
        for number, (name, found) in enumerate(lines.items()):
            part = figure.add_subfigure(figure.add_gridspec(len(lines), 1)[number])
            _draw_line(part, name, found)
        save(figure, svg, png)
        plt.close(figure)


def title(row: Correlation) -> str:
    """What a row shares with the others on its line: all of its condition but the ratio."""
    c = row.condition
    grouping = style_of(c.grouping.method, c.alignment).label
    given = "" if c.alignment == "none" else f" ({c.alignment.partition('-')[2]})"
    pretraining = "" if c.pretraining == "mlm" else ", not continually pretrained"
    return f"{c.backbone}, d = {c.dim}, {grouping}{given}{pretraining}, {row.transfer}"


def _draw_line(part: Any, name: str, rows: list[Correlation]) -> None:
    ratios = sorted({row.condition.grouping.ratio for row in rows})
    by_place = {(row.pair, row.condition.grouping.ratio): row for row in rows}
    part.suptitle(name, x=0.01, ha="left", fontsize=9.5)
    axes = part.subplots(1, len(_MAPS), sharey=True)
    for ax, (value, label, color) in zip(axes, _MAPS):
        _draw_map(ax, [[getattr(by_place[pair, ratio], value) for ratio in ratios] for pair, _, _ in PAIRS], color)
        ax.set_title(label, loc="left")
        ax.set_xticks(np.arange(len(ratios)) + 0.5, [f"{100 * ratio:.0f}%" for ratio in ratios])
        ax.set_xlabel("grouping ratio", fontsize=8, color="#333333", labelpad=1)
    names = [_label(by_place[pair, ratios[0]]) for pair, _, _ in PAIRS]
    axes[0].set_yticks(np.arange(len(PAIRS)) + 0.5, names)
    axes[0].invert_yaxis()


def _label(row: Correlation) -> str:
    return f"{row.pair}  {TASK_NAMES[row.first]}, {TASK_NAMES[row.second]} ({len(row.languages)} languages)"


def _draw_map(ax: Any, values: list[list[float | None]], color: str) -> None:
    """Cells coloured from 0 to 1 (a negative rho is as pale as 0), each with its number."""
    grid = np.array(values, dtype=float)
    mesh = ax.pcolormesh(np.ma.masked_invalid(grid), cmap=color, vmin=0, vmax=1, edgecolor="white", linewidth=1.5)
    for (i, j), value in np.ndenumerate(grid):
        measured = bool(np.isfinite(value))
        dark = measured and np.dot(mesh.cmap(mesh.norm(value))[:3], (0.3, 0.59, 0.11)) < 0.5
        ax.text(
            j + 0.5, i + 0.5, f"{value:.2f}" if measured else "–", ha="center", va="center", fontsize=8,
            color="white" if dark else "#333333",
        )  # fmt: skip
    for row in _BLOCKS:
        ax.axhline(row, color="#333333", linewidth=1.2)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
