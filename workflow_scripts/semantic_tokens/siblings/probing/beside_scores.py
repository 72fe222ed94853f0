"""Which measures of a model's layers are shown next to its scores."""

from collections.abc import Iterable
from dataclasses import replace

from semantic_tokens.analysis.before_after import Panels, Point, point_of
from semantic_tokens.analysis.measures import Row
from semantic_tokens.conditions import Condition

# measure -> title, at the layer that is best for the model as a whole
SHOWN = {
    "word_similarity": "Translated words: cosine above chance",
    "parallel_retrieval": "Parallel sentences found",
    "sentence_probe_accuracy": "Probe: same meaning (accuracy)",
    "ner_probe_f1": "Probe: named entities (F1)",
}
LATE = "Sentences found: best less last layer"  # late_layer_drop of parallel_retrieval
ABOVE_CHANCE = ("word_similarity",)  # cosines of all words may rise together


def points(rows: Iterable[Row]) -> list[Point]:
    """The panels, and LATE, from the rows of probing.csv."""
    by_model: dict[tuple[Condition, str], list[Row]] = {}
    for row in rows:
        if row["measure"] in SHOWN and not row["subject"]:
            by_model.setdefault((Condition.from_columns(row), row["measure"]), []).append(row)
        elif (row["measure"], row["subject"]) == ("late_layer_drop", "parallel_retrieval"):
            by_model[Condition.from_columns(row), LATE] = [row]
    found = []
    for (_, name), layers in by_model.items():
        best = point_of(SHOWN.get(name, LATE), max(layers, key=_above_chance))
        found.append(_less_chance(best) if name in ABOVE_CHANCE else best)
    return found


def _above_chance(row: Row) -> float:
    return float(row["value"]) - float(row["chance"] or 0)


def _less_chance(point: Point) -> Point:
    by = point.chance or 0.0
    low, high = (None if bound is None else bound - by for bound in (point.low, point.high))
    return replace(point, value=point.value - by, low=low, high=high, chance=None)


PANELS = Panels(
    "layers",
    "Each measure of layers is taken at the layer where it is furthest above chance.",
    (*SHOWN.values(), LATE),
    points,
)
