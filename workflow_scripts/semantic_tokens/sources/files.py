"""The building blocks of every loader: numbered lines of a file, rows left out and counted, the files of a source.

A loader is a module with `find(folder)`, which lists the files of its source under a folder laid out as upstream. Each
`SourceFile` parses itself, row by row, so that a file may be larger than memory.
"""

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from semantic_tokens.errors import InputError

Row = dict[str, Any]


@dataclass
class Skipped:
    """What a parser counted instead of refusing, by reason, with the line of the first.

    `rows` are left out of the table; `notes` are kept as upstream has them and only reported (an orphan I- tag).
    """

    rows: dict[str, list[int]] = field(default_factory=dict)  # reason -> [how many, line of the first]
    notes: dict[str, list[int]] = field(default_factory=dict)
    kept: int = field(default=0, compare=False)  # rows of the file that went into the table

    @property
    def left_out(self) -> int:
        """Rows left out, for whatever reason."""
        return sum(count for count, _ in self.rows.values())

    def row(self, line: int, reason: str) -> None:
        """A row left out."""
        self.rows.setdefault(reason, [0, line])[0] += 1

    def note(self, line: int, what: str) -> None:
        """Something odd in a row that was kept."""
        self.notes.setdefault(what, [0, line])[0] += 1


Skips = dict[str, Skipped]  # path of a file -> what was left out of it


@dataclass(frozen=True)
class SourceFile:
    """One upstream file that holds rows of one canonical table.

    `lang` is the project's code, or several joined by "+" where a file holds several; `split` is empty where the table
    has none. `parse(path, skipped)` yields rows with exactly the table's columns.
    """

    source: str
    path: Path
    table: str
    lang: str
    split: str
    parse: Callable[[Path, Skipped], Iterator[Row]]
    may_be_empty: bool = False  # whether upstream has such files without a row for us
    total: int | None = None  # rows upstream, where the file is a sample of them

    def rows(self, skipped: Skipped) -> Iterator[Row]:
        """The file's rows. Raises InputError naming file and line for what cannot be parsed, and for a file that has no
        row, or of which every row is left out."""
        if not self.path.is_file():  # a pipe would be waited for
            raise InputError(f"{self.path}: not a file that can be read: a folder, a pipe, or a link to nothing")
        try:
            for row in self.parse(self.path, skipped):
                skipped.kept += 1
                yield row
        except InputError:
            raise
        except Exception as error:  # whatever a library raises on bytes that it does not expect
            reason = str(error)[:200] or "ends too early"
            raise InputError(f"{self.path}: cannot be parsed ({type(error).__name__}: {reason})") from error
        if not skipped.kept and not self.may_be_empty:
            reasons = "; ".join(f"line {line}: {reason}" for reason, (_, line) in skipped.rows.items())
            lost = f"all {skipped.left_out} rows were left out ({reasons})" if reasons else "it is empty"
            raise InputError(f"{self.path}: no row of the table {self.table}: {lost}; take the file away or mend it")


def counted(file: SourceFile, skips: Skips) -> Iterator[Row]:
    """The file's rows; what is left out is counted under its path."""
    return file.rows(skips.setdefault(str(file.path), Skipped()))


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """(line number from 1, text without its line end) of a UTF-8 file, plain or .gz; a byte-order mark is dropped.

    Lines end at LF or CRLF only: text may hold other separators of Unicode. Raises InputError naming file and line for
    bytes that are not UTF-8, for NUL bytes and for a .gz file that is cut off or damaged.
    """
    number = 0
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as handle:
            for number, raw in enumerate(handle, start=1):
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
                if "\0" in text:
                    raise InputError(f"{path}, line {number}: a NUL byte, which no text has: damaged, or not UTF-8?")
                yield number, text.removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}, line {number}: not UTF-8 ({error.reason} at byte {error.start})") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{path}, after line {number}: the compressed file is cut off or damaged ({error})") from None
