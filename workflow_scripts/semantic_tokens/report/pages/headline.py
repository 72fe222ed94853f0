"""What the page opens with: four numbers, and the conditions that its chart compares."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from semantic_tokens.conditions import Condition
from semantic_tokens.report.pages import words
from semantic_tokens.report.pages.matrix import Matrix, Row
from semantic_tokens.report.printed import Printed
from semantic_tokens.report.table5 import RANDOM

_PERCENT = 5  # the paper's smallest ratio, of which it says most
_KMEANS = "kmeans"


@dataclass(frozen=True)
class Number:
    """A number of the first screen: what it is, its value, and what a reader must know of it."""

    title: str
    value: str
    about: str


@dataclass(frozen=True)
class Headline:
    """The oracle of a backbone beside its best K-Means, the random control, and what the paper prints for the same
    pipeline, at the smallest ratio that is there; `paper` has an entry for each task of `best`, None where it is not in
    the paper. None: not in this run."""

    backbone: str
    percent: int
    oracle: Row
    best: Row
    random: Row | None
    paper: tuple[Printed | None, ...]


def choose(matrix: Matrix) -> Headline | None:
    """The headline of the first backbone of the matrix that has an oracle and K-Means with every task; None if none
    has."""
    for oracle in (row for row in matrix.rows if row.is_oracle):
        rows = [row for row in matrix.rows if _block(row) == _block(oracle) and row.mean is not None]
        grouped = [row for row in rows if row.condition.grouping.method.startswith(_KMEANS)]
        percents = {row.condition.grouping.percent or 100 for row in grouped}
        if not percents or oracle.mean is None:
            continue
        percent = _PERCENT if _PERCENT in percents else min(percents)
        best = max((row for row in grouped if row.condition.grouping.percent == percent), key=_mean)
        paper = tuple(entry.paper if entry else None for entry in best.entries)
        return Headline(best.condition.backbone, percent, oracle, best, _control(rows, best), paper)
    return None


def numbers(headline: Headline) -> list[Number]:
    """The four numbers; those that the run or the paper lacks are left out."""
    oracle, percent, tasks = headline.oracle, headline.percent, len(headline.best.entries)
    over = f"mean over {tasks} tasks" if tasks > 1 else "one task"
    scores = [entry.cell.score for entry in oracle.entries if entry]
    found = [
        Number("Full vocabulary", words.score(fmean(scores)), f"score, {over}; the other numbers are shares of it"),
        _kept(f"Best K-Means at {percent}%", headline.best),
    ]
    if headline.random:
        found.append(_kept(f"Random groups at {percent}%", headline.random))
    printed = [one for one in headline.paper if one]
    if printed:
        shares = [one.retained for one in printed]
        of = printed[0].condition
        over = "" if len(printed) == tasks else f", {len(printed)} of the {tasks} tasks"
        about = f"{words.operations(of)}{over}; {_range(shares)} by task"
        found.append(
            Number(
                f"The paper’s {words.backbone_of_paper(of.backbone)} at {percent}%", words.percent(fmean(shares)), about
            )
        )
    return found


def _kept(title: str, row: Row) -> Number:
    shares = [entry.cell.retained for entry in row.entries if entry and entry.cell.retained is not None]
    return Number(title, words.percent(row.mean), f"{words.operations(row.condition)}; {_range(shares)} by task")


def _range(shares: Sequence[float]) -> str:
    return f"{100 * min(shares):.0f} to {100 * max(shares):.0f}%"


def _block(row: Row) -> tuple[str, str]:
    return row.condition.backbone, row.transfer


def _mean(row: Row) -> float:
    return row.mean or 0.0


def _control(rows: Sequence[Row], best: Row) -> Row | None:
    """The random grouping of the same ratio: that which is otherwise the same but not aligned, else the best one."""
    same = [row for row in rows if _is_control(row.condition, best.condition)]
    alike = [
        row
        for row in same
        if (row.condition.dim, row.condition.pretraining) == (best.condition.dim, best.condition.pretraining)
    ]
    return max(alike or same, key=_mean, default=None)


def _is_control(condition: Condition, best: Condition) -> bool:
    return condition.grouping.method in RANDOM and condition.grouping.percent == best.grouping.percent
