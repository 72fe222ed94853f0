"""The tables and words of the page of `transfer`: inference learned in English, tested in every language."""

from collections.abc import Sequence

import pandas as pd

from semantic_tokens.siblings.drawing import names, rows_of
from semantic_tokens.siblings.transfer.measure import SOURCE, Printed
from semantic_tokens.siblings.transfer.pictures import languages

INTRODUCTION = """Every model learns natural language inference in English only and is tested in every language: how \
much of what it learned carries over? After "How does a Multilingual LM Handle Multiple Languages?" (arXiv \
2502.04269).

Transfer efficiency is accuracy in a language over accuracy in English. It flatters a weak model: one that guesses \
everywhere has an efficiency of 1. So every efficiency is shown next to that of guessing in the target language, and a \
model that is not above chance in English gets none. Encoders \
are classified by their first token, decoders by the last token that is not padding, the encoder of an encoder-decoder \
by the mean over its tokens. Bars are 95% intervals over the test items of one language."""
WORLD = """

This run reads the embedded world: generated sentences, a few hundred of them in English to learn from, and tiny \
models. Its numbers exercise the measures and say nothing about real models."""
ACCURACY = """Accuracy in each language of models that learned from English only, with 95% intervals. Open markers: \
models continually pretrained. Dotted: guessing."""
EFFICIENCY = """Transfer efficiency: the bar is the mean over languages other than English, the letters are single \
languages. The tick across a bar marks guessing in the other languages. Right of the line at 1, a model \
does better elsewhere than in English."""
PRINTED = """The paper's own numbers: efficiencies as it prints them and as its accuracies give them. `fits` says \
whether a printed efficiency can come from accuracies that round to the printed ones."""
OURS = """This run: accuracy, and transfer efficiency in brackets."""


def summary(table: pd.DataFrame) -> tuple[list[str], list[list[str | float | None]]]:
    """(names of columns, rows): each model in English, its means over all languages and over the others, its mean
    efficiency in the others, its accuracy (efficiency) in each."""
    accuracy = table[(table["measure"] == "accuracy") & table["subject"].notna()]
    langs = languages(accuracy)
    header = ["Model", SOURCE, "mean", f"without {SOURCE}", "mean efficiency", "of guessing", *langs[1:]]
    rows: list[list[str | float | None]] = []
    for model, label in names(table).items():
        own = rows_of(table, model)
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
