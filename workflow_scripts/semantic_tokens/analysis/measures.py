"""What the analyses of the sibling papers write: tidy rows, one a measure, layer and subject of a model."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from semantic_tokens import csv_rows
from semantic_tokens.conditions import PARTS, Condition


@dataclass(frozen=True)
class Measure:
    """One figure.

    measure  what was measured
    subject  a category, a language, a pair `en-sw`, another backbone; empty for the model as a whole
    layer    of hidden states, 0 = the embeddings; None where there is none
    low, high  95% interval, None where there is none
    chance   what a random control or a trivial predictor gets, None where there is none
    n        how many items the figure rests on
    """

    measure: str
    subject: str
    value: float
    n: int
    layer: int | None = None
    low: float | None = None
    high: float | None = None
    chance: float | None = None


SEED_ERROR = "accuracy_error_over_seeds"  # a measure: the standard error of `accuracy` of a subject over seeds
Row = Mapping[str, Any]  # of a CSV all text, of a Parquet table with its types
COLUMNS = ("condition", *PARTS, *(field.name for field in fields(Measure)))


def write(measures: Iterable[Measure], condition: Condition, path: Path) -> None:
    """Write the measures of one model as CSV."""
    write_all([(condition, measures)], path)


def write_all(found: Iterable[tuple[Condition, Iterable[Measure]]], path: Path) -> None:
    """Write the measures of several models as CSV."""
    csv_rows.write(COLUMNS, _rows(found), path)


def add(found: Iterable[tuple[Condition, Iterable[Measure]]], path: Path) -> None:
    """Put measures of several models below those of a table."""
    csv_rows.append(COLUMNS, _rows(found), path)


def gather(parts: Iterable[Path], path: Path) -> None:
    """Put the tables of several models below one another, in the order given."""
    csv_rows.write(COLUMNS, (row for part in parts for row in csv_rows.read(part)), path)


def _rows(found: Iterable[tuple[Condition, Iterable[Measure]]]) -> Iterator[Row]:
    return (condition.columns() | vars(measure) for condition, measures in found for measure in measures)
