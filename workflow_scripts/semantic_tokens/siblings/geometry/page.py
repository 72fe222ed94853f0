"""The page of `geometry`."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from semantic_tokens.report.pages import analysis_page
from semantic_tokens.siblings.geometry.pictures import by_condition, labels, title

_INTRODUCTION = """\
Where do the word embeddings of a model lie, before and after alignment, grouping and continual pretraining?
The measures of Hyperpolyglot (arXiv 2311.18034) and of the work on anisotropy are applied to all models alike.

A grouped model has one row per group. Tokens are looked up as the model does, so members of a group share a row: they
are each other's nearest neighbours, and no classifier can tell them apart. "Nearest rows" looks at groups instead; each
counts as the script of most of its members. Anisotropy and length count each row once.

Red marks show chance: one half for telling two equally large classes apart, random tokens as neighbours, random tables
of the same sizes for canonical angles. Bars are 95% intervals. "As published" follows the paper's code: it uses only
tokens that all compared vocabularies share, and only these backbones; it counts word marks as symbols, and the token
itself among its neighbours.
"""
_WORLD = """\

This run uses the synthetic world: small vocabularies, few scripts, little text. The figures show what the measures see,
not what large models are like.
"""
CAPTIONS = {
    "umap": "Rows of the tables in the plane (UMAP, 15 neighbours, minimal distance 0.2, rows at length 1), coloured "
    "by the script of most of a row's tokens. Larger dots are larger groups. Axes have no unit, and distances between "
    "separate clusters mean nothing.",
    "measures": "Measures of each model, with 95% intervals for sampled ones; red: chance. Scripts told "
    "apart: the average over the scripts that all conditions of a backbone have.",
    "separability": "How well a linear classifier tells the tokens of one category from as many others; grey: too few "
    "tokens or too few rows.",
    "angles": "Canonical angles between the tables of two models on the tokens that they share. A cosine of 1 "
    "throughout: each table is a linear map of the other.",
    "overlap": "Tokens that vocabularies share: the same text, at the same place in a word.",
}
# measure -> the column's name
_COLUMNS = {
    "script_separability": "scripts told apart",
    "script_separability_of_common": "the same scripts in all conditions",
    "script_separability_as_published": "as published",
    "writing_systems": "systems in 50 nearest",
    "writing_systems_sd": "s.d.",
    "writing_systems_with_itself": "with itself (51)",
    "writing_systems_as_published": "as published (51)",
    "writing_systems_of_groups": "of rows",
    "translations_among_neighbours": "translations among neighbours",
    "translations_found": "translations found",
    "held_out_translations_found": "held-out found",
    "mean_cosine": "mean cosine",
    "isotropy": "isotropy",
    "mean_norm": "mean length",
    "norm_frequency": "length ~ frequency",
    "centrality_frequency": "centrality ~ frequency",
}


def write(table: pd.DataFrame, neighbours: pd.DataFrame, pictures: Mapping[str, Path], world: bool, path: Path) -> None:
    """The page from the rows of geometry.csv; neighbours: condition, token, neighbours."""
    named, rows = labels(table), by_condition(table)
    tables: list[tuple[str, Sequence[str], Sequence[Sequence[analysis_page.Cell]]]] = [
        ("One line per model; the CSV also has chance and intervals", *_wide(rows, named)),
        ("Telling scripts apart: accuracy and 95% interval", *_separability(rows, named)),
        ("Unicode categories of the tokens of each backbone: marks removed, and as published", *_categories(rows)),
        (
            "Canonical angles: mean cosine of two models' tables on shared tokens, next to random tables",
            *_angles(rows, named),
        ),
    ]
    if len(neighbours):
        by_token = neighbours.sort_values("token", kind="stable")
        shown = [[row.token, named[row.condition], row.neighbours] for row in by_token.itertuples()]
        caption = "Nearest tokens of some words; in brackets those that a dictionary lists as translations"
        tables.append((caption, ["token", "model", "nearest"], shown))
    introduction = _INTRODUCTION + (_WORLD if world else "")
    figures = [(svg, CAPTIONS[name]) for name, svg in pictures.items()]
    analysis_page.write("Geometry of embedding tables", introduction, figures, tables, path)


def _wide(rows: pd.DataFrame, named: Mapping[str, str]) -> tuple[list[str], list[list[analysis_page.Cell]]]:
    whole = rows[(rows["subject"] == "") & rows["measure"].isin(_COLUMNS)]
    wide = whole.pivot(index="condition", columns="measure", values="value")
    shown = [name for name in _COLUMNS if name in wide.columns]
    values = wide.loc[list(named), shown].to_numpy(float).tolist()
    body: list[list[analysis_page.Cell]] = [[named[c], *row] for c, row in zip(named, values)]
    return ["model", *(_COLUMNS[name] for name in shown)], body


def _separability(rows: pd.DataFrame, named: Mapping[str, str]) -> tuple[list[str], list[list[analysis_page.Cell]]]:
    part = rows[rows["measure"] == "script_separability"]
    categories = sorted(set(part["subject"]) - {""})
    cells = {(r.condition, r.subject): f"{r.value:.3f} {r.low:.3f}–{r.high:.3f}" for r in part.itertuples()}
    body: list[list[analysis_page.Cell]] = [
        [named[c], *(cells.get((c, category), "") for category in ["", *categories])] for c in named
    ]
    return ["model", "average", *map(title, categories)], body


def _categories(rows: pd.DataFrame) -> tuple[list[str], list[list[analysis_page.Cell]]]:
    """Of the first condition of each backbone: grouping changes no token, First-k drops some."""
    first = rows.groupby("backbone", sort=False)["condition"].first()
    part = rows[rows["condition"].isin(first) & rows["measure"].str.startswith("category_tokens")]
    counts = {(r.backbone, r.measure, r.subject): int(r.value) for r in part.itertuples()}
    columns = [(b, m) for b in first.index for m in ("category_tokens", "category_tokens_as_published")]
    by_size = part.groupby("subject")["value"].max()
    categories = sorted(by_size.index, key=lambda c: (-by_size[c], c))
    header = [b + (", as published" if m.endswith("published") else "") for b, m in columns]
    return ["category", *header], [[title(c), *(counts.get((*column, c)) for column in columns)] for c in categories]


def _angles(rows: pd.DataFrame, named: Mapping[str, str]) -> tuple[list[str], list[list[analysis_page.Cell]]]:
    part = rows[rows["measure"] == "canonical_cosine"]
    body = [[named[r.condition], named[r.subject], int(r.n), r.value, r.chance] for r in part.itertuples()]
    return ["model", "beside", "shared tokens", "mean cosine", "random"], body
