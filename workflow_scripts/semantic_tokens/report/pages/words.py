"""Conditions and numbers in the words of the page, for its templates and for the text of its pictures."""

from semantic_tokens.conditions import Condition
from semantic_tokens.report.figures.style import STYLES, style_of

NOTHING = "–"
# Of a retained share, as the paper colours Table 5: above this, the band's name and how many quarters its sign fills.
BANDS = ((0.9, "high", 4), (0.7, "middle", 3), (0.5, "low", 2), (-1.0, "least", 1))
_PAPERS = {"mbert": "mBERT", "xlmr-base": "XLM-R base", "xlmr-large": "XLM-R large", "xlmv-base": "XLM-V base"}
_ALIGNMENTS = {"clsa": "CLSA", "shuffled": "CLSA on shuffled pairs"}


def method(condition: Condition) -> str:
    """A grouping's method in words: `K-Means`."""
    return style_of(condition.grouping.method, "none").label


def vocabulary(condition: Condition) -> str:
    """A condition's grouping in words: `K-Means, 5%`."""
    percent = condition.grouping.percent
    return method(condition) if percent is None else f"{method(condition)}, {percent}%"


def alignment(condition: Condition) -> str:
    """`CLSA (all)`, or `not aligned`."""
    kind, _, sources = condition.alignment.partition("-")
    return f"{_ALIGNMENTS[kind]} ({sources})" if kind in _ALIGNMENTS else "not aligned"


def embeddings(condition: Condition) -> str:
    """Dimensions and alignment in words: `d 128, CLSA (all)`."""
    return f"d {condition.dim}" + ("" if condition.alignment == "none" else f", {alignment(condition)}")


def pretrained(condition: Condition) -> str:
    """Whether a condition was continually pretrained, in words."""
    return f"{'' if condition.pretraining == 'mlm' else 'not '}continually pretrained"


def operations(condition: Condition) -> str:
    """The rest of a condition in words: `d 128, CLSA (all), continually pretrained`."""
    return f"{embeddings(condition)}, {pretrained(condition)}"


def name(condition: Condition) -> str:
    """The whole condition but its backbone in words."""
    return f"{vocabulary(condition)}, {operations(condition)}"


def backbone_of_paper(name: str) -> str:
    """What the paper calls a backbone of reference/table5.csv."""
    return _PAPERS.get(name, name)


def reading_order(condition: Condition) -> tuple[int, str, bool, str, int, bool, float]:
    """The full vocabulary first, then by method; in each as in the paper's table: not aligned, then aligned; not
    continually pretrained, then pretrained; from large to small ratios."""
    grouping, methods = condition.grouping, [known for known, _ in STYLES]
    rank = methods.index(grouping.method) if grouping.method in methods else len(methods)
    aligned, trained = condition.alignment != "none", condition.pretraining == "mlm"
    return (rank, grouping.method, aligned, condition.alignment, -condition.dim, trained, -grouping.ratio)


def score(value: float | None) -> str:
    """Three places, or a dash."""
    return NOTHING if value is None else f"{value:.3f}"


def percent(value: float | None) -> str:
    """A share as percent with one place, or a dash."""
    return NOTHING if value is None else f"{100 * value:.1f}%"


def points(difference: float | None) -> str:
    """A difference of shares in percentage points, with its sign."""
    if difference is None:
        return NOTHING
    rounded = round(100 * difference, 1)
    return "0.0" if rounded == 0 else f"{'+' if rounded > 0 else '−'}{abs(rounded):.1f}"


def interval(low: float | None, high: float | None) -> str:
    """`91.0–95.8`, in percent; nothing where there is none or where it is a point."""
    if low is None or high is None or low == high:
        return ""
    return f"{100 * low:.1f}–{100 * high:.1f}"


def band(retained: float | None) -> str:
    """The name of a retained share's band; nothing for None."""
    return "" if retained is None else next(name for least, name, _ in BANDS if retained > least)


def quarters(retained: float) -> str:
    """The class of a band's sign, a circle of which as many quarters are filled: `q4` above 90%."""
    return next(f"q{filled}" for least, _, filled in BANDS if retained > least)


def extent(values: list[float]) -> str:
    """Two scores, or one where they print the same."""
    low, high = score(min(values)), score(max(values))
    return low if low == high else f"{low}–{high}"


def duration(seconds: float) -> str:
    """`8 s`, `3 min 05 s`, `2 h 07 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def memory(mib: float | None) -> str:
    """`559 MiB`, or a dash for a job too short to be measured."""
    return NOTHING if mib is None else f"{mib:,.0f} MiB"


FILTERS = {
    function.__name__: function
    for function in (
        *(method, vocabulary, alignment, embeddings, pretrained, operations, name, backbone_of_paper),
        *(score, percent, points, interval, band, quarters, duration, memory),
    )
}
