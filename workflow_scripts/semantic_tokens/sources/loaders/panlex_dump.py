"""PanLex's own CSV dump: a zip with tables of language varieties, expressions and denotations.

The tables are `langvar.csv` (id, lang_code, var_code, ...), `expr.csv` (id, langvar, txt, ...) and `denotation.csv` or
`denotationx.csv` (meaning, expr, ...). No original could be had: the columns are those that other tools read from it.
"""

import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.csv import ConvertOptions, ReadOptions, open_csv

from semantic_tokens.errors import InputError
from semantic_tokens.sources.fetch.zip_members import DAMAGE, member_names
from semantic_tokens.sources.files import Row, Skipped
from semantic_tokens.sources.headwords import headword
from semantic_tokens.sources.languages import LANGUAGES

_BLOCK = 1 << 24  # bytes of a table read at a time


def is_dump(names: Collection[str]) -> bool:
    """Whether a zip with members of these names is the dump."""
    return bool(_member(names, "expr"))


def parse_dump(path: Path, skipped: Skipped) -> Iterator[Row]:
    """A row {lang, word, concept} a denotation in the standard variety of any language that the project knows.

    The expressions are held in memory as Arrow columns and the denotations streamed past them. Raises InputError
    naming the zip and the table for one that is damaged or lacks a column.
    """
    varieties = _standard_varieties(path)
    expressions = _dump_expressions(path, varieties)
    ids = expressions["id"].to_numpy()
    line = 2  # after the header
    for batch in _batches(path, "denotation", {"meaning": pa.int64(), "expr": pa.int64()}):
        wanted = batch["expr"].to_numpy()
        at = np.searchsorted(ids, wanted)
        present = np.flatnonzero(at < np.searchsorted(ids, wanted, side="right"))
        found = expressions.take(at[present])
        meanings = batch["meaning"].to_numpy()[present].tolist()
        for i, meaning, text, langvar in zip(present, meanings, found["txt"].to_pylist(), found["langvar"].to_pylist()):
            if text.strip():
                lang = varieties[langvar]
                word = headword(text.strip(), lang, line + int(i), skipped)
                yield {"lang": lang, "word": word, "concept": meaning}
            else:
                skipped.row(line + int(i), "no text")
        line += batch.num_rows


def preferred(available: Collection[str]) -> dict[str, str]:
    """ISO 639-3 code -> language: of the codes that a language has, the first available."""
    chosen = {lang: next((iso3 for iso3 in codes if iso3 in available), "") for lang, (_, codes) in LANGUAGES.items()}
    return {iso3: lang for lang, iso3 in chosen.items() if iso3}


def _member(names: Collection[str], table: str) -> str:
    """The name of a table of the dump, empty if it is not there; denotationx is denotation with more columns."""
    return next((name for name in names if PurePosixPath(name).name in (f"{table}.csv", f"{table}x.csv")), "")


def _batches(path: Path, table: str, columns: dict[str, pa.DataType]) -> Iterator[pa.RecordBatch]:
    """The columns of a table of the dump, piece by piece. Nothing but an empty text is empty; "null" is a word."""
    name = _member(member_names(path), table)
    if not name:
        raise InputError(f"{path}: holds no {table}.csv")
    options = ConvertOptions(include_columns=list(columns), column_types=columns, null_values=[])
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as stream:
            yield from open_csv(stream, ReadOptions(block_size=_BLOCK), convert_options=options)
    except (*DAMAGE, pa.ArrowInvalid, KeyError) as error:
        raise InputError(f"{path}, {name}: {error}") from None


def _standard_varieties(path: Path) -> dict[int, str]:
    """Number of a language variety -> language, of variety 0 of each language."""
    columns = {"id": pa.int64(), "lang_code": pa.string(), "var_code": pa.int64()}
    rows = [row for batch in _batches(path, "langvar", columns) for row in batch.to_pylist() if row["var_code"] == 0]
    language_of = preferred({row["lang_code"] for row in rows})
    return {row["id"]: language_of[row["lang_code"]] for row in rows if row["lang_code"] in language_of}


def _dump_expressions(path: Path, varieties: Collection[int]) -> pa.Table:
    """The expressions (id, langvar, txt) of those language varieties, sorted by id."""
    columns = {"id": pa.int64(), "langvar": pa.int64(), "txt": pa.string()}
    wanted = pa.array(list(varieties), pa.int64())
    chosen = [batch.filter(pc.is_in(batch["langvar"], wanted)) for batch in _batches(path, "expr", columns)]
    return pa.Table.from_batches(chosen, pa.schema(list(columns.items()))).sort_by("id")
