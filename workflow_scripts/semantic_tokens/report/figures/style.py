"""How figures look: the colours and markers of groupings, and files that are the same bytes for the same numbers."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from semantic_tokens.report.figures.hover import titled
from semantic_tokens.report.figures.svg import compact


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
    ("product-quantisation", "none"): Style("Product quantisation", "#D55E00", "8"),
    ("product-quantisation", "clsa"): Style("Product quantisation + CLSA", "#A04000", "*"),
    ("kmeans-l2", "none"): Style("K-Means, Euclidean", "#CC79A7", "<"),
    ("kmeans-l2", "clsa"): Style("K-Means, Euclidean + CLSA", "#8E3F6C", "p"),
    ("first", "none"): Style("First-k", "#C8102E", "v"),
    ("random-stratified", "none"): Style("Random, one word per language", "#7B4FA0", "D"),
    ("random", "none"): Style("Random", "#555555", "P"),
}
WIDTH = 6.3  # inches: the text of an A4 or letter page in two columns
DPI = 300
# What matplotlib would write into a file and differs between two of them.
_UNTOLD = {
    "svg": ("Date", "Creator", "Type", "Format"),
    "png": ("Software",),
    "pdf": ("CreationDate", "Creator", "Producer"),
}
# Where lines differ by something else, a backbone or a dimension.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#C8102E", "#7B4FA0", "#56B4E9", "#555555")
RC: dict[Any, Any] = {
    "svg.hashsalt": "semantic-tokens",  # matplotlib's names of clip paths are random without it
    "svg.fonttype": "none",  # text stays text: found, copied, read aloud
    "pdf.fonttype": 42,  # the same in a PDF, as editors of journals ask
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#666666",
    "xtick.color": "#333333",
    "ytick.color": "#333333",
}
# At WIDTH, so that it is read in print.
SMALL: dict[Any, Any] = {
    "font.size": 7.5,
    "axes.titlesize": 7.5,
    "axes.labelsize": 7.5,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "lines.linewidth": 1.2,
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


@contextmanager
def drawn(*files: Path, width: float, height: float, rc: Mapping[Any, Any] = RC) -> Iterator[Any]:
    """An empty figure in this style, of this width and height in inches; written to the files where the block ends."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(RC | dict(rc)):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure
        save(figure, *files)


def save(figure: Any, *files: Path) -> None:
    """Write a figure in the format of each file's name (svg, png, pdf), without dates or versions."""
    for file in map(Path, files):
        kind = file.suffix.removeprefix(".")
        resolution = {"dpi": DPI} if kind == "png" else {}
        figure.savefig(file, metadata=dict.fromkeys(_UNTOLD[kind]), **resolution)
        if kind == "svg":
            file.write_text(compact(titled(file.read_text(encoding="utf-8"))), encoding="utf-8")
