"""Rows of a file, one by one, with their place: Parquet, JSON lines, JSON, CSV, TSV, lines of text.

They are read here and not by `datasets`, which names no row in its errors, guesses types (the text `null` becomes a
missing value, `007` a 7) and holds ten megabytes at a time. Values come as they stand; those of CSV are text.
"""

import csv
import gzip
import json
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from semantic_tokens.errors import InputError
from semantic_tokens.sources.files import numbered_lines
from semantic_tokens.sources.own.settings import Csv
from semantic_tokens.sources.parquet import record_batches

TABLES = {".csv": ",", ".tsv": "\t"}
FORMATS = (".parquet", ".jsonl", ".ndjson", ".json", *TABLES, ".txt")
_LONGEST_FIELD = 1 << 24  # characters; an unclosed quote would swallow the rest of the file
Record = dict[str, Any]


def format_of(path: Path) -> str:
    """The ending that tells the format, without .gz. Raises InputError for an unknown one."""
    ending = Path(path.stem).suffix if path.suffix == ".gz" else path.suffix
    if ending not in FORMATS or path.name.endswith(".parquet.gz"):
        known = " ".join(FORMATS)
        raise InputError(f"{path}: unknown format {path.suffix!r}; known: {known}, and all but Parquet as .gz")
    return ending


def unit(path: Path) -> str:
    """What the numbers of `records` count."""
    return "row" if format_of(path) == ".parquet" or _is_document(path) else "line"


def records(path: Path, columns: Collection[str], options: Csv) -> Iterator[tuple[int, Record]]:
    """(row or line from 1, its values by column). Of Parquet only the columns that `columns` begin with are read.

    Raises InputError naming file and place for what cannot be read, and for a file without rows.
    """
    form, number = format_of(path), 0
    if form == ".parquet":
        found = _parquet(path, columns)
    elif form in TABLES:
        found = _csv(path, options.delimiter or TABLES[form], options.quote)
    elif form == ".txt":
        found = ((line, {"text": text}) for line, text in numbered_lines(path))
    else:
        found = enumerate(_array(path), start=1) if _is_document(path) else _json_lines(path)
    for number, record in found:
        yield number, record
    if not number:
        raise InputError(f"{path}: no rows")


def is_squad(path: Path) -> bool:
    """Whether the file is one JSON document in the shape of SQuAD 1.1: articles under `data`."""
    return format_of(path) == ".json" and _first_text(path).startswith("{") and not _is_lines(path)


def parquet_features(path: Path) -> dict[str, Any]:
    """What the library `datasets` wrote into a Parquet file about its columns; empty where another wrote it."""
    try:
        noted = (pq.read_schema(path).metadata or {}).get(b"huggingface", b"{}")
        return json.loads(noted).get("info", {}).get("features", {})
    except (pa.ArrowInvalid, ValueError):
        return {}  # the reader of rows says what is wrong with the file


def _parquet(path: Path, columns: Collection[str]) -> Iterator[tuple[int, Record]]:
    for start, batch in record_batches(path, _top_level(path, columns)):
        yield from enumerate(batch.to_pylist(), start=start + 1)


def _top_level(path: Path, columns: Collection[str]) -> list[str]:
    """Of a.b the column a, unless one is called a.b; a column that is not there stays, for the reader to refuse."""
    try:
        names = pq.read_schema(path).names
    except pa.ArrowInvalid:
        names = []
    return list(dict.fromkeys(name if name in names else name.partition(".")[0] for name in columns))


def _json_lines(path: Path) -> Iterator[tuple[int, Record]]:
    for line, text in numbered_lines(path):
        if text.strip():
            yield line, _object(_parsed(text, f"{path}, line {line}"), f"{path}, line {line}")


def _array(path: Path) -> Iterator[Record]:
    document = _parsed(_whole(path), str(path))
    if not isinstance(document, list):
        raise InputError(f"{path}: must be a list of objects, or an object on each line")
    yield from (_object(entry, f"{path}, row {number}") for number, entry in enumerate(document, start=1))


def _csv(path: Path, delimiter: str, quote: str) -> Iterator[tuple[int, Record]]:
    csv.field_size_limit(_LONGEST_FIELD)
    quoting = {"quotechar": quote} if quote else {"quoting": csv.QUOTE_NONE}
    with (
        gzip.open(path, "rt", encoding="utf-8-sig", newline="")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8-sig", newline="")
    ) as handle:
        reader = csv.reader(handle, delimiter=delimiter, strict=True, **quoting)
        header: list[str] = []
        try:
            for fields in reader:
                if not header:
                    header = fields
                    if repeated := [name for name in header if header.count(name) > 1]:
                        raise InputError(f"{path}, line {reader.line_num}: two columns are called {repeated[0]!r}")
                elif len(fields) != len(header):
                    raise InputError(
                        f"{path}, line {reader.line_num}: {len(fields)} fields, but the header has {len(header)}; what "
                        f"separates and encloses them is {delimiter!r} and {quote!r} (csv.delimiter, csv.quote)"
                    )
                else:
                    yield reader.line_num, dict(zip(header, fields))
        except csv.Error as error:
            raise InputError(f"{path}, line {reader.line_num}: {error} (csv.quote is {quote!r})") from None
        except UnicodeDecodeError as error:
            raise InputError(f"{path}, after line {reader.line_num}: not UTF-8 ({error.reason})") from None
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError(f"{path}, after line {reader.line_num}: cut off or damaged ({error})") from None


def _is_document(path: Path) -> bool:
    """Whether a .json file is one value rather than one on each line."""
    return format_of(path) == ".json" and not _is_lines(path)


def _is_lines(path: Path) -> bool:
    text = _first_text(path)
    if text.startswith("["):
        return False  # a list, perhaps the whole file in this one line
    try:
        first = json.loads(text)
    except ValueError:
        return False
    return isinstance(first, dict) and not isinstance(first.get("data"), list)


def _first_text(path: Path) -> str:
    return next((text.strip() for _, text in numbered_lines(path) if text.strip()), "")


def _whole(path: Path) -> str:
    return "\n".join(text for _, text in numbered_lines(path))


def _parsed(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{where}: not JSON ({error.msg} at character {error.pos + 1})") from None


def _object(value: Any, where: str) -> Record:
    if not isinstance(value, dict):
        raise InputError(f"{where}: must be an object, but is {type(value).__name__}")
    return value
