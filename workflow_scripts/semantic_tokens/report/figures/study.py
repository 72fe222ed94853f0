"""A study's figure, chosen by its `axis`."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from semantic_tokens.report import languages
from semantic_tokens.report.figures import bars, figure10, lines
from semantic_tokens.report.table5 import Cell


def draw(axis: str, scores: pa.Table, cells: Sequence[Cell], svg: Path, png: Path) -> None:
    """Draw `scores` (the table of that name) and the `cells` of Table 5 made of them. `axis`: one of the config's."""
    if axis == "alignment":
        bars.draw(cells, svg, png)
    elif axis == "languages":
        figure10.draw(languages.correlate(scores), svg, png)
    else:
        lines.draw(cells, axis, svg, png)
