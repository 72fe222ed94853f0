"""Figure 10: correlation of the languages' drops between tasks, and its p-value, as two heat maps (paper, App. C)."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from semantic_tokens.report import TASK_NAMES
from semantic_tokens.report.figures.hover import say
from semantic_tokens.report.figures.style import SMALL, WIDTH, drawn, style_of
from semantic_tokens.report.languages import PAIRS, Correlation

_BLOCKS = (2, 3)  # the paper's next group of pairs begins at these rows
_MAPS = (("rho", "Pearson ρ", "Blues"), ("p", "p, one-tailed", "Greens_r"))


def draw(rows: Sequence[Correlation], *files: Path) -> None:
    """Draw two heat maps for each line of conditions that differ in the grouping ratio alone.

    Stronger colour means a higher rho, a smaller p; a dash: not measured. The same rows give the same bytes.
    """
    lines: dict[str, list[Correlation]] = defaultdict(list)
    for row in rows:
        lines[title(row)].append(row)
    with drawn(*files, width=WIDTH, height=1.9 * max(1, len(lines)), rc=SMALL) as figure:
        if not lines:
            figure.text(0.5, 0.5, "not measured: no grouped condition with an oracle", ha="center", color="#666666")
        for number, (name, found) in enumerate(lines.items()):
            part = figure.add_subfigure(figure.add_gridspec(len(lines), 1)[number])
            _draw_line(part, name, found)


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
    part.suptitle(name, x=0.01, ha="left", fontsize=SMALL["axes.titlesize"])
    axes = part.subplots(1, len(_MAPS), sharey=True)
    for ax, (value, label, color) in zip(axes, _MAPS):
        _draw_map(ax, [[by_place[pair, ratio] for ratio in ratios] for pair, _, _ in PAIRS], value, color)
        ax.set_title(label, loc="left")
        ax.set_xticks(np.arange(len(ratios)) + 0.5, [f"{100 * ratio:.0f}%" for ratio in ratios])
        ax.set_xlabel("grouping ratio", labelpad=1)
    names = [_label(by_place[pair, ratios[0]]) for pair, _, _ in PAIRS]
    axes[0].set_yticks(np.arange(len(PAIRS)) + 0.5, names)
    axes[0].invert_yaxis()


def described(row: Correlation) -> str:
    """What a reader sees who points at a cell."""
    about = f"{row.pair}: {TASK_NAMES[row.first]}, {TASK_NAMES[row.second]}, {row.condition.grouping.percent}%"
    found = "not measured" if row.rho is None else f"ρ = {row.rho:.2f}, one-tailed p = {row.p:.3f}"
    return f"{about}\n{found}\n{len(row.languages)} languages: {' '.join(row.languages)}"


def _label(row: Correlation) -> str:
    return f"{row.pair}  {TASK_NAMES[row.first]}, {TASK_NAMES[row.second]} ({len(row.languages)} languages)"


def _draw_map(ax: Any, rows: list[list[Correlation]], value: str, color: str) -> None:
    """Cells coloured from 0 to 1 (a negative rho is as pale as 0), each with its number."""
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    for (i, j), row in np.ndenumerate(np.array(rows, dtype=object)):
        number = getattr(row, value)
        shade = (1.0, 1.0, 1.0) if number is None else colormaps[color](float(np.clip(number, 0, 1)))[:3]
        cell = ax.add_patch(Rectangle((j, i), 1, 1, facecolor=shade, edgecolor="white", linewidth=1.2))
        say(cell, described(row))
        text = "–" if number is None else f"{number:.2f}".replace("-", "−")
        ax.text(j + 0.5, i + 0.5, text, ha="center", va="center", color=_ink(shade))
    ax.set(xlim=(0, len(rows[0])), ylim=(0, len(rows)))
    for place in _BLOCKS:
        ax.axhline(place, color="#333333", linewidth=1.0)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)


def _ink(ground: Sequence[float]) -> str:
    """White or black, whichever is told apart better from this ground (contrast as WCAG defines it)."""
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in ground]
    luminance = float(np.dot(linear, (0.2126, 0.7152, 0.0722)))
    return "white" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else "black"
