"""The pictures of `probing`: measures along the layers, pairs of languages, and vectors in the plane."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from semantic_tokens.conditions import PARTS
from semantic_tokens.report.figures.style import drawn
from semantic_tokens.siblings.drawing import GREY, Model, names, rows_of, styles

# measure -> (title, whether chance is taken off)
PANELS = {
    "word_similarity": ("Translated words: cosine above that of any two words", True),
    "parallel_retrieval": ("Parallel sentences: translation is nearest", False),
    "sentence_probe_accuracy": ("Probe: same meaning? (accuracy)", False),
    "ner_probe_f1": ("Probe: named entities (F1)", False),
    "ner_selectivity": ("NER probe: accuracy above its control task", False),
    "anisotropy": ("Anisotropy: mean cosine of any two sentences", False),
    "effective_rank": ("Effective rank of sentences", False),
    "top_dimension_share": ("Variance in the largest dimension", False),
    "layer_cka": ("Likeness to the layer below (CKA)", False),
    "state_norm": ("Mean norm of sentences", False),
}
PAIR_PANELS = {"word_similarity": PANELS["word_similarity"], "parallel_retrieval": PANELS["parallel_retrieval"]}
_COLUMNS = 5
_HIGHLIGHTED = 10  # meanings that have their own colour; the others are grey
_GREY = "#c9c9c9"
_WIDTH = 11.0


def draw_layers(table: pd.DataFrame, svg: Path, png: Path) -> None:
    """One panel per measure, one line per model, over the layers; dotted what chance gives, where all models share it.

    table: the rows of probing.csv. Models after continual pretraining have broken lines in the colour of those before.
    """
    whole = table[table["subject"].isna() & table["layer"].notna()]
    shown = [name for name in PANELS if name in set(whole["measure"])]
    rows = -(-len(shown) // _COLUMNS)
    labels = names(table)
    with drawn(svg, png, width=_WIDTH, height=2.4 * rows) as figure:
        axes = figure.subplots(rows, _COLUMNS, squeeze=False)
        for ax, name in zip(axes.flat, shown):
            _draw_measure(ax, whole[whole["measure"] == name], name, labels)
        for ax in axes.flat[len(shown) :]:
            ax.axis("off")
        for ax in axes.flat[max(0, len(shown) - _COLUMNS) : len(shown)]:  # the lowest of each column
            ax.set_xlabel("layer (0: embeddings)")
        handles, texts = axes.flat[0].get_legend_handles_labels()
        figure.legend(handles, texts, loc="outside lower center", ncols=3, frameon=False)


def _draw_measure(ax: Any, rows: pd.DataFrame, name: str, labels: dict[Model, str]) -> None:
    title, above_chance = PANELS[name]
    for model, style in styles(labels).items():
        own = rows_of(rows, model).sort_values("layer")
        values = own["value"] - (own["chance"] if above_chance else 0)
        dashes = (0, (4, 2)) if model[-1] == "mlm" else "-"
        ax.plot(own["layer"], values, label=labels[model], linestyle=dashes, markersize=4, linewidth=1.3, **style)
    chance = rows["chance"].unique()
    if not above_chance and len(chance) == 1 and pd.notna(chance[0]):
        ax.axhline(chance[0], color=GREY, linestyle=":", linewidth=1)
    ax.set_title(_wrapped(title), loc="left", fontsize=8.5)
    deepest = int(rows["layer"].max())
    ax.set_xticks(range(0, deepest + 1, max(1, deepest // 6)))
    ax.set_xlim(-0.05 * deepest, 1.05 * deepest)  # the first layer has no likeness to one below


def draw_pairs(table: pd.DataFrame, languages: Sequence[str], svg: Path, png: Path) -> None:
    """Heat maps: for each model (row) and each language beside the first (column), the value at the model's best layer.

    The best layer is that of the mean over all pairs of languages, so one per row, named before it.
    """
    labels = names(table)
    shown = [name for name in PAIR_PANELS if name in set(table["measure"])]
    with drawn(svg, png, width=_WIDTH, height=1.1 + 0.28 * len(labels)) as figure:
        axes = figure.subplots(1, len(shown), squeeze=False)
        for ax, name in zip(axes[0], shown):
            _draw_heat_map(ax, best_layers(table, name, languages), labels if ax is axes[0, 0] else None)
            ax.set_title(_wrapped(PANELS[name][0], 40), loc="left", fontsize=9)


def best_layers(table: pd.DataFrame, name: str, languages: Sequence[str]) -> pd.DataFrame:
    """Models (PARTS and the best `layer`) x languages: measure `name` of the pairs with the first language.

    Of word_similarity, and to choose the layer, what is above chance.
    """
    keys = list(PARTS)
    rows = table[table["measure"] == name]
    rows = rows.assign(above=rows["value"] - rows["chance"])
    whole = rows[rows["subject"].isna()].reset_index(drop=True)
    best = whole.loc[whole.groupby(keys, sort=False, dropna=False)["above"].idxmax(), [*keys, "layer"]]
    pairs = rows[rows["subject"].fillna("").str.startswith(f"{languages[0]}-")].merge(best, on=[*keys, "layer"])
    pairs = pairs.assign(lang=pairs["subject"].str.removeprefix(f"{languages[0]}-"))
    value = "above" if PANELS[name][1] else "value"
    langs = [lang for lang in languages if lang in set(pairs["lang"])]
    wide = pairs.pivot(index=[*keys, "layer"], columns="lang", values=value)[langs]
    return wide.loc[[tuple(row) for row in best.itertuples(index=False)]]


def _draw_heat_map(ax: Any, wide: pd.DataFrame, labels: dict[Model, str] | None) -> None:
    values = wide.to_numpy()
    top = max(float(values.max()), 1e-9)
    ax.imshow(values, cmap="YlGnBu", vmin=0, vmax=top, aspect="auto")
    ax.set_xticks(range(values.shape[1]), wide.columns)
    rows = [f"{labels[model[:-1]] if labels else ''} ({int(model[-1])})" for model in wide.index]
    ax.set_yticks(range(len(wide)), rows, fontsize=7.5)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            dark = value > 0.6 * top
            ax.text(
                j,
                i,
                f"{round(value, 2) + 0:.2f}",
                ha="center",
                va="center",
                fontsize=7,
                color="white" if dark else "#222222",
            )


def draw_plane(points: pd.DataFrame, languages: Sequence[str], svg: Path, png: Path) -> None:
    """One model's vectors of one kind: columns are layers; rows are PCA and t-SNE, by language and by meaning.

    points: kind, layer, method, lang, meaning, x, y (`all_layers.project_layers`). Without any the picture says so.
    """
    if points.empty:
        with drawn(svg, png, width=4, height=0.6) as figure:
            figure.text(0.02, 0.4, "Too few to show: fewer than four", fontsize=9)
        return
    layers, methods = sorted(points["layer"].unique()), list(dict.fromkeys(points["method"]))
    meanings = _widest_known(points)
    palettes = {
        "language": dict(zip(languages, _colors(len(languages)))),
        "meaning": dict(zip(meanings, _colors(len(meanings)))),
    }
    kinds = [(method, by) for method in methods for by in palettes]
    with drawn(svg, png, width=2.35 * len(layers) + 1.9, height=2.2 * len(kinds)) as figure:
        axes = figure.subplots(len(kinds), len(layers), squeeze=False)
        for row, (method, by) in zip(axes, kinds):
            for ax, layer in zip(row, layers):
                part = points[(points["method"] == method) & (points["layer"] == layer)]
                _scatter(ax, part, part["lang" if by == "language" else "meaning"], palettes[by])
            row[0].set_ylabel(f"{method}, by {by}", fontsize=9)
            titles = meanings if by == "meaning" and points["kind"].iloc[0] == "words" else palettes[by]
            if by == "language" or titles is meanings:
                _legend(row[-1], dict(zip(titles, palettes[by].values())))
        for ax, layer in zip(axes[0], layers):
            ax.set_title(f"layer {layer}" + (" (embeddings)" if layer == 0 else ""), loc="left")


def _widest_known(points: pd.DataFrame) -> list[str]:
    """The meanings that have a colour: those in the most languages."""
    reach = points.groupby("meaning", sort=False)["lang"].nunique().sort_values(ascending=False, kind="stable")
    return list(reach.index[:_HIGHLIGHTED])


def _scatter(ax: Any, points: pd.DataFrame, key: pd.Series, colors: dict[str, Any]) -> None:
    known = key.isin(colors).to_numpy()
    for chosen, size, zorder in ((~known, 5, 1), (known, 12, 2)):
        part, shades = points[chosen], [colors.get(name, _GREY) for name in key[chosen]]
        ax.scatter(part["x"], part["y"], s=size, c=shades, linewidths=0, zorder=zorder)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(True)
    ax.spines[:].set_color("#bbbbbb")


def _legend(ax: Any, colors: dict[str, Any]) -> None:
    from matplotlib.lines import Line2D

    dots = [Line2D([], [], marker="o", linestyle="", color=color, label=name, ms=4) for name, color in colors.items()]
    place: dict[str, Any] = {"loc": "center left", "bbox_to_anchor": (1.02, 0.5), "ncols": 1 + (len(dots) > 14)}
    ax.legend(handles=dots, frameon=False, fontsize=7.5, **place)


def _colors(n: int) -> Sequence[Any]:
    """n colours, told apart as well as may be."""
    from matplotlib import colormaps

    return [colormaps["tab10"](i) if n <= 10 else colormaps["turbo"]((i + 0.5) / n) for i in range(n)]


def _wrapped(title: str, width: int = 28) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(title, width))
