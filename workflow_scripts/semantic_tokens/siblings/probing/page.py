"""The words of the page of `probing`, and its table: every model at its best layer and at its last."""

import pandas as pd

from semantic_tokens.conditions import PARTS
from semantic_tokens.report.pages.analysis_page import Cell
from semantic_tokens.siblings.drawing import names, rows_of
from semantic_tokens.siblings.probing.pictures import PANELS

INTRODUCTION = """What the layers of each model hold, before and after alignment, grouping and continual pretraining: \
whether translated words and sentences lie together, and whether a linear probe finds meaning and named entities, \
after "How does a Multilingual LM Handle Multiple Languages?" (arXiv 2502.04269).

Layer 0 is the embeddings. All models read the same words and sentences, sampled once. {pooling} Every figure marks \
chance: the result of random pairs of the same languages, a trivial predictor or a task with random labels."""
_POOLING = {
    "mean": "Vectors are means over the tokens of a word or sentence; for a decoder, without the one at position 0.",
    "first": "Vectors are those of the very first position, [CLS] in an encoder.",
    "last": "Vectors are those of the last token of a word or sentence.",
    None: "Vectors are means over the tokens of a word or sentence for encoders, and the last token's for decoders.",
}
WORLD = """

This run reads the embedded world: generated sentences, and tiny models pretrained on them. Its numbers exercise the \
measures and say nothing about real models."""
LAYERS = """Measures over the layers, one line per model; dashed: the same models after continual pretraining. \
Dotted: chance, where all models share it."""
PAIRS = """Pairs of languages with {pivot}, each model at the layer, in brackets, that is best over all pairs."""
PLANE = """{kind} of {model} in the plane, by language and by meaning. Ten meanings have a colour; the others are \
grey in the rows by meaning."""
FALLS = """Middle minus last layer, above chance; below 0, the last layer is better (best minus last, late_layer_drop \
in the CSV, is never below 0)"""
_SUMMARY = {
    "word_similarity": "Words: cosine above random pairs",
    "parallel_retrieval": "Retrieval",
    "sentence_probe_accuracy": "Sentence probe",
    "ner_probe_f1": "NER probe F1",
    "ner_selectivity": "NER selectivity",
    "anisotropy": "Anisotropy",
    "effective_rank": "Effective rank",
}


def introduction(pooling: str | None, world: bool) -> str:
    """The text above the figures; pooling: `probing.pooling` of the config."""
    return INTRODUCTION.format(pooling=_POOLING[pooling]) + (WORLD if world else "")


def falls(table: pd.DataFrame) -> tuple[list[str], list[list[Cell]]]:
    """(names of columns, rows): `late_layer_fall` of each model, one column per measure."""
    rows = table[table["measure"] == "late_layer_fall"]
    shown = [name for name in _SUMMARY if name in set(rows["subject"])]
    by_model = rows.set_index([*PARTS, "subject"])["value"].to_dict()
    body: list[list[Cell]] = [
        [label, *(by_model.get((*model, name)) for name in shown)] for model, label in names(table).items()
    ]
    return ["Model", *(_SUMMARY[name] for name in shown)], body


def summary(table: pd.DataFrame) -> tuple[list[str], list[list[Cell]]]:
    """(names of columns, rows): each model at its best layer (that has the highest value above chance) and at its last.

    Statistics that have no best have the last layer alone.
    """
    whole = table[table["subject"].isna() & table["layer"].notna()]
    whole = whole.assign(above=whole["value"] - whole["chance"].fillna(0))
    shown = [name for name in _SUMMARY if name in set(whole["measure"])]
    judged = [name for name in shown if name not in ("anisotropy", "effective_rank")]
    header = ["Model"]
    for name in shown:
        header += [f"{_SUMMARY[name]}, best layer"] * (name in judged) + [f"{_SUMMARY[name]}, last"]
    rows: list[list[Cell]] = []
    for model, label in names(table).items():
        row: list[Cell] = [label]
        for name in shown:
            own = rows_of(whole, model)
            own = own[own["measure"] == name].sort_values("layer")
            values = own["above" if PANELS[name][1] else "value"].tolist()
            row += [max(values)] * (name in judged) + [values[-1]]
        rows.append(row)
    return header, rows
