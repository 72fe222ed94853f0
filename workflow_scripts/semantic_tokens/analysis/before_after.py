"""One model before and after alignment, grouping and pretraining: what siblings measure, next to its scores."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from semantic_tokens.analysis.measures import Row
from semantic_tokens.conditions import Condition


@dataclass(frozen=True)
class Point:
    """A value of a model in a panel; its 95% interval and `chance`, what a control gets, are None where unknown."""

    panel: str
    condition: Condition
    value: float
    low: float | None = None
    high: float | None = None
    chance: float | None = None


@dataclass(frozen=True)
class Panels:
    """A line of panels: what the figure shows of one table of measures.

    what    names the line in the figure's caption
    about   a sentence for the page's introduction, on how to read the values
    titles  of the panels, in order
    points  the rows of the table -> points, each in one of the panels
    """

    what: str
    about: str
    titles: tuple[str, ...]
    points: Callable[[Iterable[Row]], list[Point]]


def point_of(panel: str, row: Row) -> Point:
    """A row of a table of measures as a point."""
    low, high, chance = (float(row[name]) if row[name] else None for name in ("low", "high", "chance"))
    return Point(panel, Condition.from_columns(row), float(row["value"]), low, high, chance)


def order(conditions: Iterable[Condition]) -> list[Condition]:
    """Each once: the original first, then from what is changed least, the full vocabulary, to the smallest ratio."""

    def key(c: Condition) -> tuple[str, bool, str, float, int, bool, str, bool]:
        merged, aligned, pretrained = c.grouping.method != "full", c.alignment != "none", c.pretraining == "mlm"
        return c.backbone, merged, c.grouping.method, -c.grouping.ratio, -c.dim, aligned, c.alignment, pretrained

    return sorted(set(conditions), key=key)


def compared(points: Sequence[Point]) -> dict[str, list[Condition]]:
    """Backbone -> its conditions in order, of those with more than one."""
    by_backbone: dict[str, list[Condition]] = {}
    for condition in order(point.condition for point in points):
        by_backbone.setdefault(condition.backbone, []).append(condition)
    return {backbone: found for backbone, found in by_backbone.items() if len(found) > 1}
