"""What the analyses of the sibling papers write: tidy rows, one a measure, layer and subject of a model."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from semantic_tokens.conditions import Condition, Grouping
from semantic_tokens.errors import InputError

CONDITION_COLUMNS = ("backbone", "dim", "alignment", "grouping", "ratio", "pretraining")


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


Row = Mapping[str, Any]  # of a CSV all text, of a Parquet table with its types
COLUMNS = (*CONDITION_COLUMNS, *(field.name for field in fields(Measure)))


def write(measures: Iterable[Measure], condition: Condition, path: Path) -> None:
    """Write the measures of one model as CSV."""
    write_all([(condition, measures)], path)


def write_all(found: Iterable[tuple[Condition, Iterable[Measure]]], path: Path) -> None:
    """Write the measures of several models as CSV."""
    Path(path).write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
    add(found, path)


def add(found: Iterable[tuple[Condition, Iterable[Measure]]], path: Path) -> None:
    """Put measures of several models below those of a table."""
    with Path(path).open("a", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, COLUMNS, lineterminator="\n")
        for c, measures in found:
            about = c.backbone, c.dim, c.alignment, c.grouping.method, c.grouping.ratio, c.pretraining
            writer.writerows(dict(zip(CONDITION_COLUMNS, about)) | asdict(measure) for measure in measures)


def gather(parts: Iterable[Path], path: Path) -> None:
    """Put the tables of several models below one another, in the order given."""
    texts = [Path(part).read_text(encoding="utf-8").splitlines(keepends=True) for part in parts]
    Path(path).write_text("".join([*texts[0][:1], *(line for text in texts for line in text[1:])]), encoding="utf-8")


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV by column name, all as text; InputError if the file is not there."""
    try:
        with Path(path).open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None


def condition_of(row: Row) -> Condition:
    """The condition that the columns backbone, dim, alignment, grouping, ratio and pretraining describe."""
    backbone, dim, alignment, method, ratio, pretraining = (row[name] for name in CONDITION_COLUMNS)
    percent = round(100 * float(ratio)) if Grouping(method).traits.has_ratio else None
    grouping = Grouping(method, percent)
    return Condition(backbone, int(dim), alignment, grouping, pretraining)
