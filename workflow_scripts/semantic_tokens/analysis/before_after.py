"""One model before and after alignment, grouping and pretraining: its geometry and its layers beside its scores."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from semantic_tokens.analysis.measures import Row
from semantic_tokens.conditions import Condition, Grouping

# Of the table of geometry: measure -> title.
GEOMETRY = {
    "script_separability_of_common": "Scripts told apart (accuracy)",
    "writing_systems": "Writing systems among 50 neighbours",
    "held_out_translations_found": "Held-out translations among 50 neighbours",
    "mean_cosine": "Anisotropy (mean cosine)",
    "canonical_cosine": "Likeness to the original (canonical cosine)",
}
# Of the table of probing, at the layer that is best for the model as a whole.
LAYERS = {
    "word_similarity": "Translated words: cosine above chance",
    "parallel_retrieval": "Parallel sentences found",
    "sentence_probe_accuracy": "Probe: same meaning (accuracy)",
    "ner_probe_f1": "Probe: named entities (F1)",
}
LATE = "Sentences found: best less last layer"  # late_layer_drop of parallel_retrieval
ABOVE_CHANCE = ("word_similarity",)  # cosines of all words may rise together


@dataclass(frozen=True)
class Point:
    """A value of a model in a panel; its 95% interval and `chance`, what a control gets, are None where unknown."""

    panel: str
    condition: Condition
    value: float
    low: float | None = None
    high: float | None = None
    chance: float | None = None


def original(condition: Condition) -> Condition:
    """The same backbone with nothing done to it."""
    return replace(condition, alignment="none", grouping=Grouping("full"), pretraining="none")


def geometry_points(rows: Iterable[Row]) -> list[Point]:
    """The panels of GEOMETRY from the rows of geometry.csv. Of canonical cosines those with the original count, and the
    original itself has 1."""
    found = []
    for row in rows:
        condition, name = Condition.from_columns(row), row["measure"]
        wanted = str(original(condition)) if name == "canonical_cosine" else ""
        if name in GEOMETRY and row["subject"] == wanted:
            found.append(_point(GEOMETRY[name], condition, row))
    likeness = GEOMETRY["canonical_cosine"]
    compared = dict.fromkeys(original(point.condition) for point in found if point.panel == likeness)
    return found + [Point(likeness, condition, 1.0) for condition in compared]


def layer_points(rows: Iterable[Row]) -> list[Point]:
    """The panels of LAYERS, and LATE, from the rows of probing.csv."""
    by_model: dict[tuple[Condition, str], list[Row]] = {}
    for row in rows:
        if row["measure"] in LAYERS and not row["subject"]:
            by_model.setdefault((Condition.from_columns(row), row["measure"]), []).append(row)
        elif (row["measure"], row["subject"]) == ("late_layer_drop", "parallel_retrieval"):
            by_model[Condition.from_columns(row), LATE] = [row]
    found = []
    for (condition, name), layers in by_model.items():
        best = _point(LAYERS.get(name, LATE), condition, max(layers, key=_above_chance))
        found.append(_less_chance(best) if name in ABOVE_CHANCE else best)
    return found


def order(conditions: Iterable[Condition]) -> list[Condition]:
    """Each once: the original first, then from what is changed least, the full vocabulary, to the smallest ratio."""

    def key(c: Condition) -> tuple[str, bool, str, float, int, bool, str, bool]:
        merged, aligned, further = c.grouping.method != "full", c.alignment != "none", c.pretraining == "mlm"
        return c.backbone, merged, c.grouping.method, -c.grouping.ratio, -c.dim, aligned, c.alignment, further

    return sorted(set(conditions), key=key)


def compared(points: Sequence[Point]) -> dict[str, list[Condition]]:
    """Backbone -> its conditions in order, of those with more than one."""
    by_backbone: dict[str, list[Condition]] = {}
    for condition in order(point.condition for point in points):
        by_backbone.setdefault(condition.backbone, []).append(condition)
    return {backbone: found for backbone, found in by_backbone.items() if len(found) > 1}


def _point(panel: str, condition: Condition, row: Row) -> Point:
    low, high, chance = (float(row[name]) if row[name] else None for name in ("low", "high", "chance"))
    return Point(panel, condition, float(row["value"]), low, high, chance)


def _above_chance(row: Row) -> float:
    return float(row["value"]) - float(row["chance"] or 0)


def _less_chance(point: Point) -> Point:
    by = point.chance or 0.0
    low, high = (None if bound is None else bound - by for bound in (point.low, point.high))
    return replace(point, value=point.value - by, low=low, high=high, chance=None)
