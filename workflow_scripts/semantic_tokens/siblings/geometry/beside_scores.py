"""Which measures of a table's geometry are shown next to the scores of its models."""

from collections.abc import Iterable

from semantic_tokens.analysis.before_after import Panels, Point, point_of
from semantic_tokens.analysis.measures import Row
from semantic_tokens.conditions import Condition

# measure -> title
SHOWN = {
    "script_separability_of_common": "Scripts told apart (accuracy)",
    "writing_systems": "Writing systems among 50 neighbours",
    "held_out_translations_found": "Held-out translations among 50 neighbours",
    "mean_cosine": "Anisotropy (mean cosine)",
    "canonical_cosine": "Likeness to the original (canonical cosine)",
}
# The paper's figures are of the tokens that XLM-R and mT5 share, by its own rule (docs/geometry.md).
OPENS_WITH = {
    "script_separability": "Tokens of a script told from others by a line: accuracy, mean over scripts (XLM-R in the "
    "paper: 0.992)",
    "writing_systems": "Writing systems among the 50 nearest tokens (mT5 in the paper: 7.61)",
    "translations_found": "Translations in the dictionaries that are among the 50 nearest tokens",
    "held_out_translations_found": "The same for pairs that alignment does not train on",
    "mean_cosine": "Mean cosine of two tokens",
}


def points(rows: Iterable[Row]) -> list[Point]:
    """The panels from the rows of geometry.csv. Of canonical cosines those with the original count, and the original
    itself has 1."""
    found = []
    for row in rows:
        name = row["measure"]
        wanted = str(Condition.from_columns(row).original) if name == "canonical_cosine" else ""
        if name in SHOWN and row["subject"] == wanted:
            found.append(point_of(SHOWN[name], row))
    likeness = SHOWN["canonical_cosine"]
    compared = dict.fromkeys(point.condition.original for point in found if point.panel == likeness)
    return found + [Point(likeness, condition, 1.0) for condition in compared]


PANELS = Panels("geometry of the embedding table", "", tuple(SHOWN.values()), points)
