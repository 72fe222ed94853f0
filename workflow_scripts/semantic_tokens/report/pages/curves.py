"""The curves of a run's trainings: losses of pretraining, and what alignment finds, as small pictures."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from markupsafe import Markup, escape

from semantic_tokens import csv_rows

_POINTS = 80  # of a line; a longer one is cut into as many parts, of which the means are drawn
_WIDTH, _HEIGHT, _PAD = 220, 84, 4


@dataclass(frozen=True)
class Curve:
    """A training: `of` is the backbone, the aligned table or the condition that it makes; the lines share their axes.

    lines  label -> (x, y), x in steps or epochs
    """

    of: str
    kind: str
    lines: Mapping[str, Sequence[tuple[float, float]]]

    @property
    def first(self) -> float:
        """Where the line that matters begins."""
        return next(iter(self.lines.values()))[0][1]

    @property
    def last(self) -> float:
        """Where the line that matters ends."""
        return next(iter(self.lines.values()))[-1][1]


def read_losses(kind: str, of: str, path: Path) -> Curve:
    """The curve of a losses.csv: step, loss."""
    rows = csv_rows.read(path)
    return Curve(of, kind, {"loss": [(float(row["step"]), float(row["loss"])) for row in rows]})


def read_history(of: str, path: Path) -> Curve:
    """The curve of an alignment's history.csv: the loss by epoch of the learning rate that was chosen, then of others.

    Before the first epoch there is no loss.
    """
    rates: dict[str, list[tuple[float, float]]] = {}
    chosen = ""
    for row in csv_rows.read(path):
        rates.setdefault(row["learning_rate"], [])
        if not math.isnan(loss := float(row["loss"])):
            rates[row["learning_rate"]].append((float(row["epoch"]), loss))
        chosen = row["learning_rate"] if row["chosen"] == "true" else chosen
    order = sorted((rate for rate, line in rates.items() if line), key=lambda rate: rate != chosen)
    return Curve(of, "alignment", {f"learning rate {rate}": rates[rate] for rate in order})


def draw(curve: Curve) -> Markup:
    """The curve as SVG; the first line is the one that matters."""
    lines = {label: _thinned(line) for label, line in curve.lines.items()}
    points = [point for line in lines.values() for point in line]
    (left, right), (low, high) = ((min(axis), max(axis)) for axis in zip(*points))
    parts = []
    for number, (label, line) in reversed(list(enumerate(lines.items()))):
        places = " ".join(
            f"{_at(x, left, right, _WIDTH):.0f},{_HEIGHT - _at(y, low, high, _HEIGHT):.0f}" for x, y in line
        )
        kind = "main" if number == 0 else "other"
        parts.append(f'<polyline class="{kind}" points="{places}"><title>{escape(label)}</title></polyline>')
    says = f"{curve.kind} of {curve.of}: from {curve.first:.3g} to {curve.last:.3g}"
    about = f'class="curve" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(says)}"'
    return Markup(f"<svg {about}>{''.join(parts)}</svg>")


def _at(value: float, low: float, high: float, size: int) -> float:
    return _PAD + (size - 2 * _PAD) * ((value - low) / (high - low) if high > low else 0.5)


def _thinned(line: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    if len(line) <= _POINTS:
        return list(line)
    bounds = [round(i * len(line) / _POINTS) for i in range(_POINTS + 1)]
    parts = [line[start:end] for start, end in pairwise(bounds)]
    return [(part[len(part) // 2][0], math.fsum(y for _, y in part) / len(part)) for part in parts]
