"""The chart that the page opens with: the share of the oracle's score that is retained, task by task.

An SVG as wide as its column: places along the axis are percentages of it, and text keeps its size, so that it can be
read on a telephone. Colours are classes of `page.css`, which knows light and dark.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from markupsafe import Markup, escape

from semantic_tokens.report.pages import words

_MOST = 1.25  # of the axis: an interval over few languages may reach far beyond the oracle
_TOP, _TASK, _LINE = 22, 30, 15  # px: the axis, a task's name, and a line of marks


@dataclass(frozen=True)
class Mark:
    """A retained share, and its 95% interval where it has one."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Series:
    """Marks of one kind, one for each task; `kind` is their class."""

    kind: str
    label: str
    marks: tuple[Mark | None, ...]


def draw(tasks: Sequence[str], series: Sequence[Series], label: str) -> Markup:
    """The chart as SVG: `tasks` are titles, `label` is what is said of it to those who do not see it."""
    marks = [mark for one in series for mark in one.marks if mark]
    ends = [end for mark in marks for end in (mark.value, mark.low, mark.high) if end is not None]
    low = max(0.0, floor(10 * min([*ends, 0.9])) / 10)
    high = min(_MOST, ceil(20 * max([*ends, 1.0]) + 0.5) / 20)
    block = _TASK + _LINE * len(series)
    height = _TOP + block * len(tasks) + 6
    parts = [_axis(low, high, height)]
    for row, task in enumerate(tasks):
        top = _TOP + row * block
        parts.append(f'<text class="task" x="0" y="{top + 17}">{escape(task)}</text>')
        for line, one in enumerate(series):
            if mark := one.marks[row]:
                parts.append(_mark(mark, one, task, top + _TASK + line * _LINE, low, high))
    about = f'role="img" aria-label="{escape(label)}" width="100%" height="{height}" style="--tall: {height}px"'
    return Markup(f'<svg class="retained" {about}>{"".join(parts)}</svg>')


def _axis(low: float, high: float, height: int) -> str:
    step = 0.1 if high - low <= 0.65 else 0.2
    ticks = [round(step * i, 2) for i in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]
    parts = []
    for tick in ticks:
        x = _place(tick, low, high)
        kind = "oracle" if tick == 1 else "grid"
        anchor = "start" if tick == low else "end" if tick == high else "middle"
        parts.append(f'<line class="{kind}" x1="{x}" x2="{x}" y1="{_TOP - 4}" y2="{height}"/>')
        parts.append(f'<text class="tick" x="{x}" y="12" text-anchor="{anchor}">{100 * tick:.0f}%</text>')
    return "".join(parts)


def _mark(mark: Mark, series: Series, task: str, y: int, low: float, high: float) -> str:
    interval = words.interval(mark.low, mark.high)
    says = f"{task}, {series.label}: {words.percent(mark.value)}" + (f" ({interval})" if interval else "")
    x = _place(mark.value, low, high)
    line = ""
    if mark.low is not None and mark.high is not None:
        ends = (_place(mark.low, low, high), _place(mark.high, low, high))
        line = f'<line class="interval" x1="{ends[0]}" x2="{ends[1]}" y1="{y}" y2="{y}"/>'
    shape = _shape(series.kind, x, y) if mark.value <= high else _beyond(mark.value, y)
    return f'<g class="{series.kind}"><title>{escape(says)}</title>{line}{shape}</g>'


def _beyond(value: float, y: int) -> str:
    """In place of a mark that would lie past the end of the axis, above the end of its interval."""
    return f'<text x="100%" y="{y - 4}" text-anchor="end">{words.percent(value)} →</text>'


def _shape(kind: str, x: str, y: int) -> str:
    """Each kind has its own, since colours alone do not tell them apart."""
    if kind == "paper":
        return f'<svg x="{x}" y="{y}" overflow="visible"><path d="M0-5.5 5.5 0 0 5.5-5.5 0Z"/></svg>'
    if kind == "random":
        return f'<svg x="{x}" y="{y}" overflow="visible"><path d="M-4.5-4.5 4.5 4.5M-4.5 4.5 4.5-4.5"/></svg>'
    return f'<circle cx="{x}" cy="{y}" r="5"/>'


def legend(series: Sequence[Series]) -> list[tuple[Markup, str]]:
    """(sign, label) of each series, to stand above the chart."""
    return [(_sign(one.kind), one.label) for one in series]


def _sign(kind: str) -> Markup:
    mark = f'<g class="{kind}">{_shape(kind, "8", 7)}</g>'
    return Markup(f'<svg class="retained sign" width="16" height="14" aria-hidden="true">{mark}</svg>')


def _place(value: float, low: float, high: float) -> str:
    """Of the width of the axis; ends beyond it lie on its edge."""
    return f"{100 * min(max((value - low) / (high - low), 0), 1):.2f}%"
