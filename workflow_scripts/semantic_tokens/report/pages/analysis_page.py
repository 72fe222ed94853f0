"""The page of one analysis, such as a sibling paper's: introduction, pictures and tables, in one file."""

import math
import re
from collections.abc import Sequence
from pathlib import Path

from semantic_tokens.report.figures import svg

TEMPLATE = Path(__file__).with_name("analysis.html.j2")
LONGEST_OPEN = 30  # rows; a longer table is folded
LEGIBLE, MAGNIFIED = 0.7, 1.25  # a picture shrinks and grows with the column between these scales
NOTHING = "–"

Cell = str | int | float | None


def write(
    title: str,
    introduction: str,
    figures: Sequence[tuple[Path, str]],
    tables: Sequence[tuple[str, Sequence[str], Sequence[Sequence[Cell]]]],
    path: Path,
) -> None:
    """Write the page as HTML that asks for no other file; it links back to `index.html` beside it.

    introduction  plain text; an empty line parts paragraphs, the first of which stands out
    figures       (SVG file, caption)
    tables        (caption, the columns' names, rows). The first column names the row. A number that is no text is
                  rounded to three places, a missing one (None, NaN) is a dash, and a column of numbers is aligned right

    Raises ValueError for a row that has not as many cells as there are names.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATE.parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    html = environment.get_template(TEMPLATE.name).render(
        title=title,
        introduction=[part.strip() for part in re.split(r"\n\s*\n", introduction) if part.strip()],
        figures=[_figure(Path(file), caption, number) for number, (file, caption) in enumerate(figures, 1)],
        tables=[_table(*table) for table in tables],
        longest_open=LONGEST_OPEN,
    )
    Path(path).write_text(html, encoding="utf-8")


def _figure(file: Path, caption: str, number: int) -> dict[str, object]:
    text = file.read_text(encoding="utf-8")
    least, most = (round(svg.width(text) * scale) for scale in (LEGIBLE, MAGNIFIED))
    return {"svg": svg.inline(text, f"figure-{number}", caption), "caption": caption, "least": least, "most": most}


def _table(caption: str, header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> dict[str, object]:
    for number, row in enumerate(rows, 1):
        if len(row) != len(header):
            raise ValueError(f"table {caption!r}, row {number}: {len(row)} cells, but {len(header)} columns are named")
    shown = [[_text(cell) for cell in row] for row in rows]
    return {"caption": caption, "header": header, "rows": shown, "numeric": list(map(_are_numbers, zip(*shown)))}


def _text(cell: Cell) -> str:
    """1,234,567; 0.123; 1.2e-05 where three places would leave nothing; - for what is missing."""
    if cell is None or cell == "" or (isinstance(cell, float) and math.isnan(cell)):
        return NOTHING
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int):
        return f"{cell:,}"
    return f"{cell:,.3f}" if cell == 0 or abs(cell) >= 0.0005 else f"{cell:.1e}"


def _are_numbers(column: Sequence[str]) -> bool:
    """Whether every cell is a number with or without a unit sign, an interval, or nothing."""
    number = r"[-+−±]?[0-9][0-9,]*(\.[0-9]+)?(e[-+]?[0-9]+)?[%×]?"
    return all(cell == NOTHING or re.fullmatch(rf"{number}([–/ ±]+{number})*", cell) for cell in column)
