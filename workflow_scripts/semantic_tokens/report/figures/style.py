"""How figures look: the colours and markers of groupings, and files that are the same bytes for the same numbers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Style:
    """How a grouping is drawn; colours from the Okabe-Ito palette, each with its own marker."""

    label: str
    color: str
    marker: str


# (method, how the table was aligned) -> style
STYLES = {
    ("full", "none"): Style("Full vocabulary", "#8C510A", "h"),
    ("kmeans-cosine", "none"): Style("K-Means", "#0072B2", "o"),
    ("kmeans-cosine", "clsa"): Style("K-Means + CLSA", "#E69F00", "s"),
    ("kmeans-cosine", "shuffled"): Style("K-Means + CLSA on shuffled pairs", "#B8A000", "X"),
    ("kmeans-capped", "none"): Style("K-Means, sizes capped", "#009E73", "^"),
    ("kmeans-capped", "clsa"): Style("K-Means, sizes capped + CLSA", "#00674B", ">"),
    ("kmeans-information", "none"): Style("K-Means, information-aware", "#56B4E9", "H"),
    ("kmeans-information", "clsa"): Style("K-Means, information-aware + CLSA", "#2C7FB8", "d"),
    ("kmeans-l2", "none"): Style("K-Means, Euclidean", "#CC79A7", "<"),
    ("kmeans-l2", "clsa"): Style("K-Means, Euclidean + CLSA", "#8E3F6C", "p"),
    ("first", "none"): Style("First-k", "#C8102E", "v"),
    ("random-stratified", "none"): Style("Random, one word per language", "#7B4FA0", "D"),
    ("random", "none"): Style("Random", "#555555", "P"),
}
# Where lines differ by something else, a backbone or a dimension.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#C8102E", "#7B4FA0", "#56B4E9", "#555555")
RC: dict[Any, Any] = {
    "svg.hashsalt": "semantic-tokens",  # matplotlib's names of clip paths are random without it
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#666666",
    "xtick.color": "#333333",
    "ytick.color": "#333333",
}


def alignment_kind(alignment: str) -> str:
    """`none`, `clsa` or `shuffled`: an alignment without its source set."""
    return alignment.partition("-")[0]


def style_of(method: str, alignment: str) -> Style:
    """The style of a grouping method on a table so aligned; one without a style is drawn in grey under its name, and a
    variant as its method."""
    kind, (plain, _, variant) = alignment_kind(alignment), method.partition("+")
    aligned = {"none": "", "clsa": " + CLSA", "shuffled": " + CLSA on shuffled pairs"}[kind]
    style = STYLES.get((plain, kind), Style(f"{plain}{aligned}", "#777777", "*"))
    return replace(style, label=f"{style.label} ({variant})") if variant else style


def pyplot() -> Any:
    """matplotlib's pyplot, drawing to files alone: a step may run where there is no display."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    return pyplot


@contextmanager
def drawn(svg: Path, png: Path, width: float, height: float, **options: Any) -> Iterator[Any]:
    """An empty figure in this style, of this width and height in inches; it is written where the block ends."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(RC):
        figure = Figure(figsize=(width, height), layout="constrained", **options)
        yield figure
        save(figure, svg, png)


def save(figure: Any, svg: Path, png: Path) -> None:
    """Write a figure twice, without dates or versions."""
    figure.savefig(svg, metadata={"Date": None, "Creator": None, "Type": None, "Format": None})
    figure.savefig(png, dpi=160, metadata={"Software": None})
