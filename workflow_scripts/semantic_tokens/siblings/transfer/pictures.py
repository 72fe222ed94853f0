"""The pictures of `transfer`: accuracy by language, and transfer efficiency by model."""

from pathlib import Path

import pandas as pd

from semantic_tokens.report.figures.style import drawn
from semantic_tokens.siblings.drawing import GREY, names, rows_of, styles
from semantic_tokens.siblings.transfer.measure import CHANCE, SOURCE

_WIDTH = 9.0
_LANES = (0.0, -0.2, 0.2)  # heights of a bar that letters stand at, from its middle
_SPREAD = 0.7  # of the room that a language has, for its models side by side


def draw_accuracy(table: pd.DataFrame, svg: Path, png: Path) -> None:
    """Accuracy and its interval, languages along the axis (English first, then by mean), one marker a model.

    table: the rows of transfer.csv.
    """
    rows, labels = table[(table["measure"] == "accuracy") & table["subject"].notna()], names(table)
    langs = languages(rows)
    of_model = styles(labels)
    with drawn(svg, png, width=_WIDTH, height=3.6 + 0.16 * len(labels)) as figure:
        ax = figure.subplots()
        for number, (model, label) in enumerate(labels.items()):
            own = rows_of(rows, model).set_index("subject").reindex(langs)
            places = [i + _SPREAD * ((number + 0.5) / len(labels) - 0.5) for i in range(len(langs))]
            errors = [own["value"] - own["low"], own["high"] - own["value"]]
            ax.errorbar(
                places, own["value"], errors, linestyle="", label=label, capsize=0, markersize=4.5, linewidth=1,
                **of_model[model],
            )  # fmt: skip
        ax.axhline(CHANCE, color=GREY, linestyle=":", linewidth=1)
        for i in range(len(langs) - 1):
            ax.axvline(i + 0.5, color="#e6e6e6", linewidth=0.8, zorder=0)
        ax.set_xticks(range(len(langs)), langs)
        ax.set_xlim(-0.5, len(langs) - 0.5)
        ax.set_ylabel("accuracy")
        figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)


def draw_efficiency(table: pd.DataFrame, svg: Path, png: Path) -> None:
    """One bar per model: its mean efficiency, with its languages as letters above, and what guessing gets.

    table: the rows of transfer.csv; a model that is not above chance in English has no bar, but a note that says so.
    """
    rows, labels = table[table["measure"] == "transfer_efficiency"], names(table)
    of_model, most = styles(labels), max(1.05, 1.04 * float(rows["value"].max())) if len(rows) else 1.05
    with drawn(svg, png, width=_WIDTH, height=1.0 + 0.52 * len(labels)) as figure:
        ax = figure.subplots()
        for place, model in enumerate(labels):
            own = rows_of(rows, model)
            mean, single = own[own["subject"].isna()], own[own["subject"].notna()].sort_values("value")
            ax.barh(place, mean["value"], height=0.66, color=of_model[model]["color"], alpha=0.35)
            if own.empty:
                ax.text(0.01, place, "not above chance in English", va="center", fontsize=8, color="#555555")
            for chance in mean["chance"]:
                ax.plot([chance, chance], [place - 0.42, place + 0.42], color="#333333", linewidth=1.4)
            for value, lang, lane in zip(single["value"], single["subject"], _lanes(list(single["value"]), most / 40)):
                where = place + _LANES[lane]
                ax.text(value, where, lang, ha="center", va="center", fontsize=6.5, color="#222222")
        ax.axvline(1, color=GREY, linewidth=0.8, linestyle=":")
        ax.set_yticks(range(len(labels)), list(labels.values()))
        ax.invert_yaxis()
        ax.set_xlim(0, most)
        ax.set_xlabel("accuracy / accuracy in English")


def languages(rows: pd.DataFrame) -> list[str]:
    """English, then the others by their mean over the models, best first."""
    means = rows.groupby("subject")["value"].mean().sort_values(ascending=False, kind="stable")
    return [SOURCE, *(lang for lang in means.index if lang != SOURCE)]


def _lanes(values: list[float], width: float) -> list[int]:
    """For labels at ascending `values`, the first lane whose last label is `width` away; the emptiest where none is."""
    ends, chosen = [float("-inf")] * len(_LANES), list[int]()
    for value in values:
        free = [lane for lane, end in enumerate(ends) if value - end >= width]
        chosen.append(free[0] if free else ends.index(min(ends)))
        ends[chosen[-1]] = value
    return chosen
