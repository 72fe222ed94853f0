"""The page that compares what siblings measure with scores, and words of several senses with their cost."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from semantic_tokens.analysis.before_after import Panels, Point, order
from semantic_tokens.conditions import Condition
from semantic_tokens.report import PRIMARY_METRIC, TASK_NAMES, TASK_ORDER
from semantic_tokens.report.conflation import OVER_GROUPINGS, OVER_LANGUAGES
from semantic_tokens.report.figures.style import PALETTE, RC, save, style_of
from semantic_tokens.report.table5 import Cell

_INTRODUCTION = """What alignment, grouping and continual pretraining do to {lines}, next to what they do to scores.

In the figure, each row is a model and each panel a measure. Lines are 95% intervals; for scores with one seed they
cover languages alone. A grey mark is a control: chance, or for scores the random grouping of the same ratio.
{about}What a score retains is its share of the oracle's, which has the full vocabulary.

Senses are judged for words that are one token. Two words share a sense if any sense of one is a sense of the
other. A word is conflated if its group holds another word of the same language that shares no sense with it. Do scores
lose most where most words are conflated? Each task is tested separately: over the languages of a model, which are few,
and over the groupings of a backbone, which are not a random sample, so their interval looks more certain than it is."""
_FIGURE = "{}; from top to bottom: {}"
SENSES = "Words with several senses: share of conflated words, and what scores retain; one point per model and task"
SENSE_COLUMNS = {
    "words_of_several_senses": "Words with several senses",
    "members_sharing_a_sense": "Members that share a sense with another",
    "groups_of_several_senses": "Groups with several senses",
    "conflated_words": "Conflated running words",
}
# Measures of what conflation costs -> what the correlation is over.
COSTS = {OVER_LANGUAGES: "languages", OVER_GROUPINGS: "groupings"}
_SCORE = "{}: retained"
_GREY = "#8a8a8a"
Row = Mapping[str, str]
Table = tuple[str, list[str], list[list[Any]]]


def score_points(cells: Sequence[Cell]) -> list[Point]:
    """What every condition trained in-language retains, by task; the control is the random grouping's."""
    return [
        Point(
            _SCORE.format(TASK_NAMES[c.task]), c.condition, c.retained, c.retained_low, c.retained_high,
            c.retained_by_random,
        )
        for c in cells
        if c.metric == PRIMARY_METRIC[c.task] and c.transfer == "in-language" and c.retained is not None
    ]  # fmt: skip


def name_of(condition: Condition) -> str:
    """What was done to the backbone: `original`, `aligned (all), K-Means 5%, continually pretrained`."""
    aligned = [f"aligned ({condition.source_set})"] if condition.source_set else []
    if condition.alignment.startswith("shuffled"):
        aligned = ["aligned on shuffled pairs"]
    percent = condition.grouping.percent
    label = style_of(condition.grouping.method, "none").label
    grouped = [] if condition.grouping.method == "full" else [label if percent is None else f"{label} {percent}%"]
    continual = ["continually pretrained"] if condition.pretraining == "mlm" else []
    return ", ".join([*aligned, *grouped, *continual]) or "original"


def introduction(lines: Sequence[Panels]) -> str:
    """The text above the figures."""
    about = "".join(f"{line.about} " for line in lines if line.about)
    return _INTRODUCTION.format(lines=" and ".join(line.what for line in lines) or "models", about=about)


def caption(backbone: str, lines: Sequence[Panels]) -> str:
    """The caption of a backbone's figure."""
    return _FIGURE.format(backbone, ", ".join([*(line.what for line in lines), "scores"]))


def draw(
    points: Sequence[Point], lines: Sequence[Panels], conditions: Sequence[Condition], svg: Path, png: Path
) -> None:
    """One row per condition, one panel per measure: the lines of panels from above, scores at the bottom."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    tasks = [_SCORE.format(TASK_NAMES[task]) for task in TASK_ORDER]
    measured = {point.panel for point in points if point.condition in conditions}
    parts = [[p for p in part if p in measured] for part in (*(line.titles for line in lines), tasks)]
    parts = [part for part in parts if part]
    several_dims = len({c.dim for c in conditions}) > 1
    names = [name_of(c) + (f", d {c.dim}" if several_dims else "") for c in conditions]
    with mpl.rc_context(RC | {"font.size": 8}):
        width = max(map(len, parts))
        figure = Figure(figsize=(2.6 + 1.9 * width, (0.75 + 0.21 * len(names)) * len(parts)), layout="constrained")
        axes = figure.subplots(len(parts), width, squeeze=False, sharey=True)
        for number, part in enumerate(parts):
            for place, ax in enumerate(axes[number]):
                if place < len(part):
                    _draw_panel(ax, part[place], [p for p in points if p.panel == part[place]], conditions)
                else:
                    ax.axis("off")
            axes[number][0].set_yticks(range(len(names)), names)
        axes[0][0].invert_yaxis()  # of all, which share it
        save(figure, svg, png)


def _draw_panel(ax: Any, panel: str, points: Sequence[Point], conditions: Sequence[Condition]) -> None:
    found = {point.condition: point for point in points}
    for place, condition in enumerate(conditions):
        ax.axhline(place, color="#eeeeee", linewidth=0.6, zorder=0)
        point = found.get(condition)
        if point is None:
            continue
        if point.low is not None and point.high is not None:
            ax.plot([point.low, point.high], [place, place], color=_color(condition), linewidth=1.2)
        if point.chance is not None:
            ax.plot(point.chance, place, marker="|", color=_GREY, markersize=7, linestyle="none")
        filled = _color(condition) if condition.pretraining == "mlm" else "white"
        ax.plot(point.value, place, marker="o", color=_color(condition), markerfacecolor=filled, markersize=4.5)
    ax.set_title(_wrapped(panel), loc="left", fontsize=8)
    ax.tick_params(axis="x", labelsize=7)
    ax.locator_params(axis="x", nbins=4)


def _color(condition: Condition) -> str:
    """By what was done to the table: nothing, alignment, grouping, both."""
    return PALETTE[(condition.grouping.method != "full") * 2 + (condition.alignment != "none")]


def draw_senses(senses: Sequence[Row], cells: Sequence[Cell], svg: Path, png: Path) -> None:
    """Conflated words of a grouping and what its models retain, one panel per task; marks are empty before
    pretraining."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    shares = {
        Condition.from_columns(row).grouped: float(row["value"])
        for row in senses
        if (row["measure"], row["subject"]) == ("conflated_words", "")
    }
    shown = [p for p in score_points(cells) if p.condition.grouped in shares]
    panels = [p for task in TASK_ORDER if (p := _SCORE.format(TASK_NAMES[task])) in {point.panel for point in shown}]
    kinds = dict.fromkeys((c.grouping.method, c.alignment.partition("-")[0]) for c in order(p.condition for p in shown))
    with mpl.rc_context(RC | {"font.size": 8}):
        figure = Figure(figsize=(1 + 2.1 * max(1, len(panels)), 3.0), layout="constrained")
        axes = figure.subplots(1, max(1, len(panels)), squeeze=False, sharey=True)[0]
        for ax, panel in zip(axes, panels):
            for point in (p for p in shown if p.panel == panel):
                c = point.condition
                style = style_of(c.grouping.method, c.alignment)
                filled = style.color if c.pretraining == "mlm" else "white"
                ax.plot(shares[c.grouped], point.value, style.marker, color=style.color, markerfacecolor=filled)
            ax.set_title(panel.partition(":")[0], loc="left", fontsize=8)
            ax.set_xlabel("conflated words")
        axes[0].set_ylabel("retained")
        styles = [style_of(*kind) for kind in kinds]
        handles = [mpl.lines.Line2D([], [], color=s.color, marker=s.marker, linestyle="none") for s in styles]
        figure.legend(handles, [s.label for s in styles], loc="outside lower center", ncols=4, frameon=False)
        save(figure, svg, png)


def values_table(points: Sequence[Point], conditions: Sequence[Condition]) -> Table:
    """All values of the figure: one row per condition, one column per panel."""
    panels = list(dict.fromkeys(point.panel for point in points))
    found = {(point.condition, point.panel): point.value for point in points}
    rows = [[f"{c.backbone}, {name_of(c)}", *(found.get((c, panel)) for panel in panels)] for c in conditions]
    return "All values of the figure", ["Model", *panels], rows


def senses_table(senses: Sequence[Row]) -> Table:
    """The senses in the groups of each grouping, each value with that of a random grouping of the same sizes."""
    by_grouping: dict[Condition, dict[str, Row]] = {}
    for row in senses:
        if row["measure"] in SENSE_COLUMNS and not row["subject"]:
            by_grouping.setdefault(Condition.from_columns(row), {})[row["measure"]] = row
    names = [name for name in SENSE_COLUMNS if name != "words_of_several_senses"]
    header = ["Grouping", "Judged words", SENSE_COLUMNS["words_of_several_senses"]]
    header += [text for name in names for text in (SENSE_COLUMNS[name], "random")]
    rows = []
    for condition in order(by_grouping):
        found = by_grouping[condition]
        several = found["words_of_several_senses"]
        cells = [_number(found.get(name), column) for name in names for column in ("value", "chance")]
        about = f"{condition.backbone}, d {condition.dim}, {name_of(condition)}"
        rows.append([about, int(several["n"]), float(several["value"]), *cells])
    return "Senses in groups, next to a random grouping of the same sizes", header, rows


def costs_table(senses: Sequence[Row]) -> Table:
    """Correlations of conflated words and share lost, with their intervals: over languages by condition and task, and
    first, by task, over the groupings of a backbone."""
    costs = [row for row in senses if row["measure"] in COSTS]
    ordered = {condition: number for number, condition in enumerate(order(map(Condition.from_columns, costs)))}
    rows = []
    for row in sorted(costs, key=lambda row: (row["measure"] != OVER_GROUPINGS, ordered[Condition.from_columns(row)])):
        condition, task = Condition.from_columns(row), TASK_NAMES[row["subject"]]
        about = f"{condition.backbone}, d {row['dim']}, {name_of(condition)}"
        if row["measure"] == OVER_GROUPINGS:
            negation = "" if condition.pretraining == "mlm" else "not "
            about = f"{condition.backbone}, all groupings, {negation}continually pretrained"
        numbers = [float(row[name]) for name in ("value", "low", "high")]
        rows.append([about, task, COSTS[row["measure"]], *numbers, int(row["n"])])
    header = ["Model", "Task", "Over", "Correlation", "95%: from", "to", "n"]
    return "Do the scores lose most where most words are conflated? Pearson's correlation", header, rows


def _number(row: Row | None, column: str) -> float | None:
    return float(row[column]) if row and row[column] else None


def _wrapped(text: str) -> str:
    import textwrap

    return textwrap.fill(text, 26)
