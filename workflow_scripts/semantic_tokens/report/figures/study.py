"""A study's figure, chosen by its `axis`, and its data."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from semantic_tokens.report import languages, printed
from semantic_tokens.report.claims.scores import Roles
from semantic_tokens.report.figures import bars, figure10, lines, panels, points
from semantic_tokens.report.printed import Printed
from semantic_tokens.report.table5 import Cell


def draw(
    axis: str,
    scores: pa.Table,
    cells: Sequence[Cell],
    paper: Sequence[Printed],
    roles: Roles,
    csv: Path,
    *pictures: Path,
) -> None:
    """Draw `scores` (the table of that name) and the `cells` of Table 5 made of them, and write what is drawn as CSV.

    axis   one of the config's
    paper  the cells of reference/table5.csv, put beside those that `roles` match
    """
    if axis == "languages":
        correlations = languages.correlate(scores)
        languages.write(correlations, csv)
        figure10.draw(correlations, *pictures)
        return
    shown = lines.primary(cells)
    beside = printed.of_the_same_oracle(printed.beside(shown, paper, roles))
    found = bars.points(shown, beside) if axis == "alignment" else lines.points(shown, axis, beside)
    points.write(found, csv)
    if axis == "alignment":
        bars.draw(found, *pictures)
    else:
        panels.draw(found, shown, axis, *pictures)
