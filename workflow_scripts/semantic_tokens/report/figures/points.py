"""The points of a figure: what is drawn, and what is written beside it as CSV."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from semantic_tokens import csv_rows
from semantic_tokens.conditions import PARTS
from semantic_tokens.report import METRIC_NAMES, TASK_NAMES
from semantic_tokens.report.printed import Printed
from semantic_tokens.report.table5 import RANDOM, Cell

COLUMNS = (
    *("task", "metric", "transfer", "line", "place", "condition", *PARTS, "languages", "seeds", "score", "std"),
    *("chance", "retained", "retained_low", "retained_high", "interval_over", "retained_by_random"),
    *("paper_condition", "paper_score", "paper_retained"),
)


@dataclass(frozen=True)
class Point:
    """A mark of a figure.

    line   what the legend calls the line or bar that it is on
    place  where along the axis; None where the axis has names
    paper  what the paper prints for it, if anything
    """

    cell: Cell
    line: str
    place: float | None = None
    paper: Printed | None = None


@dataclass(frozen=True)
class Extent:
    """The value of a point as a figure shows it, and the ends of its interval where it has one."""

    value: float | None
    low: float | None
    high: float | None
    paper: float | None


def are_shares(points: Sequence[Point]) -> bool:
    """Whether these points can be shown as shares of an oracle's score: all have one."""
    return all(point.cell.retained is not None for point in points)


def extent(point: Point, shares: bool) -> Extent:
    """In percent of the oracle's score with a 95% interval, or as the score with one standard deviation over seeds."""
    cell, paper = point.cell, point.paper
    if shares:
        known = cell.retained_low != cell.retained_high  # an oracle is 100% of itself
        ends = (cell.retained_low, cell.retained_high) if known else (None, None)
        return Extent(*(_as_percent(x) for x in (cell.retained, *ends, paper.retained if paper else None)))
    low, high = (None, None) if cell.std is None else (cell.score - cell.std, cell.score + cell.std)
    return Extent(cell.score, low, high, paper.score if paper else None)


def _as_percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def chance(cell: Cell, shares: bool) -> float | None:
    """What a trivial predictor gets, on the scale of `extent`."""
    if not shares:
        return cell.chance
    return 100 * cell.chance * cell.retained / cell.score if cell.retained and cell.score else None


def described(point: Point) -> str:
    """What a reader sees who points at a mark, a line each."""
    cell, paper = point.cell, point.paper
    seeds = f" ± {cell.std:.3f} over {cell.seeds} seeds" if cell.std is not None else ""
    lines = [
        f"{point.line}, {_vocabulary(cell)}",
        f"{TASK_NAMES[cell.task]}, {METRIC_NAMES[cell.metric]}: {cell.score:.3f}{seeds}; chance {cell.chance:.3f}",
    ]
    if cell.retained is not None:
        interval = ""
        if cell.retained_low is not None and cell.retained_high is not None and cell.retained_low < cell.retained_high:
            interval = f" (95% interval {_percent(cell.retained_low)} to {_percent(cell.retained_high)})"
        lines.append(f"retains {_percent(cell.retained)} of the oracle's score{interval}")
    if cell.retained_by_random is not None and cell.condition.grouping.method not in RANDOM:
        lines.append(f"random groups retain {_percent(cell.retained_by_random)}")
    if paper:
        lines.append(described_paper(paper))
    return "\n".join(lines)


def described_paper(paper: Printed) -> str:
    """The paper's number in words."""
    return f"the paper's {paper.condition.backbone}: {paper.score:.3f}, retains {_percent(paper.retained)}"


def paper_label(points: Sequence[Point]) -> str:
    """What the legend calls the paper's numbers: `Paper, mbert`, or `Paper` where it has several backbones."""
    backbones = {point.paper.condition.backbone for point in points if point.paper}
    return f"Paper, {min(backbones)}" if len(backbones) == 1 else "Paper"


def write(points: Sequence[Point], path: Path) -> None:
    """Write the points as CSV, a row a mark."""
    csv_rows.write(COLUMNS, map(_row, points), path)


def _row(point: Point) -> dict[str, object]:
    paper = point.paper
    printed = {
        "paper_condition": str(paper.condition) if paper else None,
        "paper_score": paper.score if paper else None,
        "paper_retained": paper.retained if paper else None,
    }
    own = vars(point.cell) | point.cell.condition.columns()
    return own | {"line": point.line, "place": point.place} | printed


def _vocabulary(cell: Cell) -> str:
    c = cell.condition
    size = "" if c.grouping.percent is None else f"{c.grouping.percent}% of the vocabulary, "
    return f"{size}d = {c.dim}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"
