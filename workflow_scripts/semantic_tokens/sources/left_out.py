"""Files that lost more rows than is usual while they were read, in words for the terminal and the page."""

from collections.abc import Iterable
from pathlib import Path

from semantic_tokens import csv_rows
from semantic_tokens.sources.files import Skips

TOLERATED = 0.03  # of a file's rows: the publishers' own files lose less
COLUMNS = ("file", "kept", "what", "rows", "of", "first_line")


def write_skips(skips: Skips, path: Path) -> None:
    """CSV, one row a file and reason; `kept` tells what was odd but kept from what was left out, `of` how many rows the
    file had as far as it was read."""
    rows = [
        dict(zip(COLUMNS, (file, kept, what, count, skipped.kept + skipped.left_out, line)))
        for file, skipped in skips.items()
        for kept, found in (("no", skipped.rows), ("yes", skipped.notes))
        for what, (count, line) in found.items()
    ]
    csv_rows.write(COLUMNS, rows, path)


def notices(notes: Iterable[Path]) -> list[str]:
    """A line for each file of which more than `TOLERATED` was left out, out of what `write_skips` wrote."""
    return [
        f"{row['file']}: {int(row['rows']):,} of {int(row['of']):,} rows left out: {row['what']}, first in line "
        f"{row['first_line']}"
        for path in notes
        for row in csv_rows.read(path)
        if row["kept"] == "no" and int(row["rows"]) > TOLERATED * int(row["of"])
    ]
