"""The pictures of `geometry`: tables in the plane, measures next to chance, scripts, canonical angles, vocabularies."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from semantic_tokens.report.figures.style import PALETTE, RC, save
from semantic_tokens.siblings.drawing import names
from semantic_tokens.siblings.geometry.between import Spectrum
from semantic_tokens.siblings.geometry.categories import is_writing_system

# measure -> what it is called in a picture
PANELS = {
    "script_separability_of_common": "Scripts told apart\n(accuracy)",
    "writing_systems": "Writing systems among\nthe 50 nearest tokens",
    "writing_systems_of_groups": "Writing systems among\nthe 50 nearest rows",
    "held_out_translations_found": "Translations found among\nthe 50 nearest (held out)",
    "mean_cosine": "Mean cosine\nof two rows",
    "isotropy": "Isotropy\n(partition function)",
    "norm_frequency": "Rank correlation of\nlength and frequency",
    "centrality_frequency": "Rank correlation of cosine\nto the mean and frequency",
}
_COLUMNS = 4
_GREY, _CHANCE = "#c4c4c4", "#C8102E"
_COLORS = (*PALETTE[:6], "#8C510A", "#00674B", "#CC79A7", "#B8A000", "#44546A", "#8E3F6C")
_WIDTH = 11.0


def draw(
    name: str, table: pd.DataFrame, places: pd.DataFrame, spectra: Sequence[Spectrum], svg: Path, png: Path
) -> None:
    """Draw one picture by its name; the same numbers give the same bytes.

    table    the rows of geometry.csv
    places   condition, x, y, category, members: rows of tables in the plane
    """
    named = labels(table)
    figures: dict[str, Callable[[], Any]] = {
        "umap": lambda: _umap(places, named),
        "measures": lambda: _measures(table),
        "separability": lambda: _separability(table),
        "angles": lambda: _angles(spectra, named),
        "overlap": lambda: _overlap(table),
    }
    with rc_context(RC):
        save(figures[name](), svg, png)


def labels(table: pd.DataFrame) -> dict[str, str]:
    """Condition -> its name in pictures, in the table's order."""
    models = table.drop_duplicates("condition")["condition"]
    return dict(zip(models, names(table).values(), strict=True))


def by_condition(table: pd.DataFrame) -> pd.DataFrame:
    """The table with an empty subject where there is none."""
    return table.assign(subject=table["subject"].fillna(""))


def title(category: str) -> str:
    """A category as words: `Latin`, but `CJK`."""
    return category if category == "CJK" else category.capitalize()


def _umap(places: pd.DataFrame, named: dict[str, str]) -> Any:
    """One panel per condition. The scripts with most rows have colours; numbers, signs and rarer scripts are grey."""
    counts = places["category"].value_counts()
    shown = sorted((c for c in counts.index if is_writing_system(c)), key=lambda c: (-counts[c], c))[: len(_COLORS)]
    columns = min(3, len(named))
    rows = -(-len(named) // columns)
    figure = _figure(_WIDTH, 0.6 + _WIDTH / columns * 0.86 * rows, dpi=160)
    axes = figure.subplots(rows, columns, squeeze=False)
    for ax, (condition, name) in zip(axes.flat, named.items()):
        part = places[places["condition"] == condition]
        other = part[~part["category"].isin(shown)]
        # Pixels inside the SVG: tens of thousands of circles would make the page too big.
        size = 4 * np.sqrt(part["members"])
        ax.scatter(other["x"], other["y"], s=size[other.index], color=_GREY, linewidths=0, alpha=0.5, rasterized=True)
        for category, color in zip(shown, _COLORS):
            own = part[part["category"] == category]
            ax.scatter(own["x"], own["y"], s=size[own.index], color=color, linewidths=0, alpha=0.6, rasterized=True)
        ax.set_title(f"{name}\n{len(part):,} rows", loc="left", fontsize=9)
        ax.set(xticks=[], yticks=[])
        ax.spines[["top", "right"]].set_visible(True)
    for ax in axes.flat[len(named) :]:
        ax.axis("off")
    handles = [
        Line2D([], [], color=color, marker="o", linestyle="", label=label)
        for label, color in zip([*map(title, shown), "other scripts, digits, signs"], [*_COLORS[: len(shown)], _GREY])
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 7), frameon=False)
    return figure


def _measures(table: pd.DataFrame) -> Any:
    """One panel per measure, one line per condition: value, interval, and in red what chance gives."""
    whole = by_condition(table)
    whole = whole[whole["subject"] == ""]
    named = labels(table)
    shown = [name for name in PANELS if name in set(whole["measure"])]
    rows = -(-len(shown) // _COLUMNS)
    figure = _figure(_WIDTH, (0.9 + 0.24 * len(named)) * rows)
    axes = figure.subplots(rows, _COLUMNS, sharey=True, squeeze=False)
    heights = {condition: -i for i, condition in enumerate(named)}
    for ax, name in zip(axes.flat, shown):
        part = whole[whole["measure"] == name]
        y = part["condition"].map(heights)
        lengths = (part["value"] - part["low"]).clip(0), (part["high"] - part["value"]).clip(0)
        bars = None if part["low"].isna().all() else np.nan_to_num(np.array(lengths))
        ax.errorbar(part["value"], y, xerr=bars, fmt="o", color=PALETTE[0], markersize=4, elinewidth=1.2, zorder=3)
        ax.scatter(part["chance"], y, marker="|", s=60, color=_CHANCE, zorder=2)
        ax.set_title(PANELS[name], loc="left", fontsize=8.5)
        ax.set_yticks(list(heights.values()), [named[c] for c in heights])
        ax.tick_params(axis="y", length=0)
        ax.grid(axis="x", color="#e6e6e6", linewidth=0.7)
        ax.margins(x=0.08)
    for ax in axes.flat[len(shown) :]:
        ax.axis("off")
    return figure


def _separability(table: pd.DataFrame) -> Any:
    """Heat map: conditions by scripts, ours next to the published rule."""
    rows = by_condition(table)
    kinds = {"script_separability": "Marks removed", "script_separability_as_published": "As published"}
    parts = {
        kind: rows[(rows["measure"] == name) & (rows["subject"] != "")].pivot_table(
            index="condition", columns="subject", values="value"
        )
        for name, kind in kinds.items()
    }
    named = labels(table)
    widths = [max(1, len(part.columns)) for part in parts.values()]
    figure = _figure(_WIDTH, 1.5 + 0.28 * len(named))
    axes = figure.subplots(1, 2, sharey=True, width_ratios=widths)
    for ax, (name, part) in zip(axes, parts.items()):
        part = part.reindex(list(named))
        image = _heat_map(ax, part.to_numpy(), list(map(title, part.columns)), list(named.values()), (0.5, 1.0))
        ax.set_title(name, loc="left")
    figure.colorbar(image, ax=axes, label="accuracy (0.5 = chance)", shrink=0.9, aspect=15)
    return figure


def _angles(spectra: Sequence[Spectrum], named: dict[str, str]) -> Any:
    """Canonical cosines of each pair of tables, the largest first, and those of random tables in broken lines."""
    lines = -(-(len(spectra) + 1) // 2)  # of the legend
    figure = _figure(_WIDTH, 3.6 + 0.19 * lines)
    ax = figure.subplots()
    for i, spectrum in enumerate(spectra):
        color = _COLORS[i % len(_COLORS)]
        steps = np.linspace(0, 1, len(spectrum.cosines))
        label = f"{named[spectrum.first]} – {named[spectrum.second]}: {spectrum.shared_tokens:,} tokens"
        ax.plot(steps, spectrum.cosines, color=color, linewidth=1.5, label=label)
        ax.plot(steps, spectrum.random, color=color, linewidth=0.9, linestyle=(0, (3, 2)))
    ax.plot([], [], color="#555555", linewidth=0.9, linestyle=(0, (3, 2)), label="random tables of the same sizes")
    ax.set(xlabel="canonical angle, from the smallest (0) to the largest (1)", ylabel="cosine", ylim=(0, 1.02))
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return figure


def _overlap(table: pd.DataFrame) -> Any:
    """Heat map: share of the row's vocabulary that the column's has too, with the number of tokens."""
    part = table[table["measure"] == "shared_tokens"]
    backbones = list(dict.fromkeys(table["backbone"]))
    shares = part.pivot_table(index="backbone", columns="subject", values="value").reindex(backbones, columns=backbones)
    counts = part.pivot_table(index="backbone", columns="subject", values="n").reindex(backbones, columns=backbones)
    side = 1.6 + 0.9 * len(backbones)
    figure = _figure(side + 1.4, side)
    ax = figure.subplots()
    texts = [["" if np.isnan(n) else f"{n:,.0f}" for n in row] for row in counts.to_numpy()]
    image = _heat_map(ax, shares.to_numpy(), backbones, backbones, (0.0, 1.0), texts)
    ax.set_xlabel("also in the vocabulary of")
    ax.set_ylabel("tokens of")
    figure.colorbar(image, ax=ax, label="share of its tokens", shrink=0.8)
    return figure


def _figure(width: float, height: float, **options: Any) -> Figure:
    return Figure(figsize=(width, height), layout="constrained", **options)


def _heat_map(
    ax: Any,
    values: np.ndarray,
    columns: Sequence[str],
    rows: Sequence[str],
    limits: tuple[float, float],
    texts: Sequence[Sequence[str]] | None = None,
) -> Any:
    """Cells with their numbers; one that was not measured is grey."""
    ax.set_facecolor("#eeeeee")
    image = ax.imshow(values, cmap="cividis", vmin=limits[0], vmax=limits[1], aspect="auto")
    for (i, j), value in np.ndenumerate(values):
        if not np.isnan(value):
            text = f"{value:.2f}" if texts is None else texts[i][j]
            dark = value < (limits[0] + limits[1]) / 2
            ax.text(j, i, text, ha="center", va="center", fontsize=7, color="white" if dark else "black")
    ax.set_xticks(range(len(columns)), columns, rotation=40, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(rows)), rows)
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return image
