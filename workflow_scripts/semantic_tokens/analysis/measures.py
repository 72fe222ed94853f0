"""What the analyses of the sibling papers write: tidy rows, one a measure, layer and subject of a model."""

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from semantic_tokens.conditions import Condition

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
