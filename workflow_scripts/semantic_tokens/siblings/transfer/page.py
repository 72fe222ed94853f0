"""The pictures, tables and words of `transfer`: inference learned in English, tested in every language."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from semantic_tokens.conditions import PARTS
from semantic_tokens.report.figures.style import PALETTE, RC, pyplot, save
from semantic_tokens.siblings.probing.pictures import names
from semantic_tokens.siblings.transfer.measure import CHANCE, SOURCE, Printed

_MARKERS = "osD^vPX*hp<>"
_GREY = "#8a8a8a"
_WIDTH = 9.0
_LANES = (0.0, -0.2, 0.2)  # heights of a bar that letters stand at, from its middle
_SPREAD = 0.7  # of the room that a language has, for its models side by side

INTRODUCTION = """Every model learns natural language inference in English alone and is tested in every language: how \
much of what it learned does it carry over? After "How does a Multilingual LM Handle Multiple Languages?" (arXiv \
2502.04269).

Transfer efficiency is accuracy in a language over accuracy in English. It flatters a weak model: one that guesses \
everywhere has an efficiency of 1. So every efficiency stands beside that of guessing in the target language, and a \
model that is not above chance in English has none. Encoders \
are classified by their first token, decoders by the last token that is no padding, the encoder of an encoder-decoder \
by the mean over its tokens. Bars are 95% intervals over the test items of one language."""
WORLD = """

This run reads the embedded world: generated sentences, a few hundred of them in English to learn from, and tiny \
models. Its numbers exercise the measures and say nothing about real models."""
ACCURACY = """Accuracy in each language of models that learned from English alone, with 95% intervals. Open markers: \
models pretrained further. Dotted: guessing."""
EFFICIENCY = """Transfer efficiency: the bar is the mean over languages other than English, the letters are single \
languages. The tick across a bar is what guessing in the other languages gets; right of the line at 1, a model does \
better elsewhere than in English."""
PRINTED = """The paper's own numbers: efficiencies as it prints them and as its accuracies give them. `fits` says \
whether a printed efficiency can come from accuracies that round to the printed ones."""
OURS = """This run: accuracy, and transfer efficiency in brackets."""


def draw_accuracy(table: pd.DataFrame, svg: Path, png: Path) -> None:
    """Accuracy and its interval, languages along the axis (English first, then by mean), one marker a model.

    table: the rows of transfer.csv.
    """
    plt = pyplot()
    rows, labels = table[(table["measure"] == "accuracy") & table["subject"].notna()], names(table)
    langs = _languages(rows)
    with plt.rc_context(RC):
        figure, ax = plt.subplots(figsize=(_WIDTH, 3.6 + 0.16 * len(labels)), layout="constrained")
        styles = _styles(list(labels))
        for number, (model, label) in enumerate(labels.items()):
            own = _of(rows, model).set_index("subject").reindex(langs)
            places = [i + _SPREAD * ((number + 0.5) / len(labels) - 0.5) for i in range(len(langs))]
            errors = [own["value"] - own["low"], own["high"] - own["value"]]
            ax.errorbar(places, own["value"], errors, linestyle="", label=label, capsize=0, **styles[model])
        ax.axhline(CHANCE, color=_GREY, linestyle=":", linewidth=1)
        for i in range(len(langs) - 1):
            ax.axvline(i + 0.5, color="#e6e6e6", linewidth=0.8, zorder=0)
        ax.set_xticks(range(len(langs)), langs)
        ax.set_xlim(-0.5, len(langs) - 0.5)
        ax.set_ylabel("accuracy")
        figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
        save(figure, svg, png)
        plt.close(figure)


def draw_efficiency(table: pd.DataFrame, svg: Path, png: Path) -> None:
    """A bar a model: its mean efficiency, with its languages as letters above, and what guessing gets.

    table: the rows of transfer.csv; a model that is not above chance in English has no bar, but a note that says so.
    """
    plt = pyplot()
    rows, labels = table[table["measure"] == "transfer_efficiency"], names(table)
    with plt.rc_context(RC):
        figure, ax = plt.subplots(figsize=(_WIDTH, 1.0 + 0.52 * len(labels)), layout="constrained")
        styles, most = _styles(list(labels)), max(1.05, 1.04 * float(rows["value"].max())) if len(rows) else 1.05
        for place, model in enumerate(labels):
            own = _of(rows, model)
            mean, single = own[own["subject"].isna()], own[own["subject"].notna()].sort_values("value")
            ax.barh(place, mean["value"], height=0.66, color=styles[model]["color"], alpha=0.35)
            if own.empty:
                ax.text(0.01, place, "not above chance in English", va="center", fontsize=8, color="#555555")
            for chance in mean["chance"]:
                ax.plot([chance, chance], [place - 0.42, place + 0.42], color="#333333", linewidth=1.4)
            for value, lang, lane in zip(single["value"], single["subject"], _lanes(list(single["value"]), most / 40)):
                where = place + _LANES[lane]
                ax.text(value, where, lang, ha="center", va="center", fontsize=6.5, color="#222222")
        ax.axvline(1, color=_GREY, linewidth=0.8, linestyle=":")
        ax.set_yticks(range(len(labels)), list(labels.values()))
        ax.invert_yaxis()
        ax.set_xlim(0, most)
        ax.set_xlabel("accuracy / accuracy in English")
        save(figure, svg, png)
        plt.close(figure)


def summary(table: pd.DataFrame) -> tuple[list[str], list[list[str | float | None]]]:
    """(names of columns, rows): each model in English, its means over all languages and over the others, its mean
    efficiency in the others, its accuracy (efficiency) in each."""
    accuracy = table[(table["measure"] == "accuracy") & table["subject"].notna()]
    langs = _languages(accuracy)
    header = ["Model", SOURCE, "mean", f"without {SOURCE}", "mean efficiency", "of guessing", *langs[1:]]
    rows: list[list[str | float | None]] = []
    for model, label in names(table).items():
        own = _of(table, model)
        by_lang = own[own["measure"] == "accuracy"].set_index("subject")["value"]
        efficiency = own[own["measure"] == "transfer_efficiency"]
        mean = efficiency[efficiency["subject"].isna()]
        single = efficiency.set_index("subject")["value"]
        row: list[str | float | None] = [label, float(by_lang[SOURCE]), *_means(own)]
        row += [float(mean["value"].iloc[0]), float(mean["chance"].iloc[0])] if len(mean) else [None, None]
        row += [_cell(by_lang.get(lang), single.get(lang)) for lang in langs[1:]]
        rows.append(row)
    return header, rows


def beside_the_paper(
    table: pd.DataFrame, paper: Sequence[Printed], stands_for: dict[str, str]
) -> tuple[list[str], list[list[str | float | None]]]:
    """(names of columns, rows): what the paper prints and what follows from it; then our models in its languages.

    stands_for: the paper's backbone -> ours, where ours has another name; ours counts as it is, not aligned or grouped.
    """
    header = [
        "Model",
        "Language",
        "Accuracy",
        "Efficiency, printed",
        "recomputed",
        "fits",
        "Ours: model",
        "accuracy",
        "efficiency",
    ]
    rows: list[list[str | float | None]] = []
    for cell in paper:
        ours = stands_for.get(cell.backbone, cell.backbone)
        fits = None if cell.follows is None else "yes" if cell.follows else "no"
        own = table[(table["backbone"] == ours) & (table["subject"] == cell.lang) & (table["grouping"] == "full")]
        own = own[(own["alignment"] == "none") & (own["pretraining"] == "none")]
        values = [own[own["measure"] == name]["value"] for name in ("accuracy", "transfer_efficiency")]
        found: list[float | None] = [float(value.iloc[0]) if len(value) else None for value in values]
        rows.append(
            [cell.backbone, cell.lang, cell.accuracy, cell.efficiency, cell.recomputed, fits,
             ours if found[0] is not None else None, *found]
        )  # fmt: skip
    return header, rows


def _means(own: pd.DataFrame) -> list[float | None]:
    """Mean accuracy over all languages, and over those other than English."""
    whole = own[own["subject"].isna()].set_index("measure")["value"]
    return [float(whole[name]) if name in whole else None for name in ("accuracy", "accuracy_elsewhere")]


def _cell(accuracy: float | None, efficiency: float | None) -> str | None:
    if accuracy is None:
        return None
    return f"{accuracy:.2f}" + ("" if efficiency is None else f" ({efficiency:.2f})")


def _languages(rows: pd.DataFrame) -> list[str]:
    """English, then the others by their mean over the models, best first."""
    means = rows.groupby("subject")["value"].mean().sort_values(ascending=False, kind="stable")
    return [SOURCE, *(lang for lang in means.index if lang != SOURCE)]


def _of(rows: pd.DataFrame, model: tuple[Any, ...]) -> pd.DataFrame:
    return rows[(rows[list(PARTS)] == pd.Series(model, PARTS)).all(axis=1)]


def _lanes(values: list[float], width: float) -> list[int]:
    """For labels at ascending `values`, the first lane whose last label is `width` away; the emptiest where none is."""
    ends, chosen = [float("-inf")] * len(_LANES), list[int]()
    for value in values:
        free = [lane for lane, end in enumerate(ends) if value - end >= width]
        chosen.append(free[0] if free else ends.index(min(ends)))
        ends[chosen[-1]] = value
    return chosen


def _styles(models: list[tuple[Any, ...]]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """A colour and marker for each model before further pretraining, an open marker after it."""
    origins = list(dict.fromkeys(model[:-1] for model in models))
    found = {}
    for model in models:
        i = origins.index(model[:-1])
        color = PALETTE[i % len(PALETTE)]
        face = "white" if model[-1] == "mlm" else color
        marker = _MARKERS[i % len(_MARKERS)]
        found[model] = {"color": color, "marker": marker, "markerfacecolor": face, "markersize": 4.5, "linewidth": 1}
    return found
