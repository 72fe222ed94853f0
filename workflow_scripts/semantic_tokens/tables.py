"""The canonical tables: Parquet with a fixed schema, checked on the way in and on the way out.

Everything that reads a data set turns it into these tables, and all later code reads only these. Rows are counted from
1 in messages. Checks run on whole columns, for tables may have millions of rows.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from semantic_tokens.conditions import PRETRAININGS, TASKS, TRANSFERS
from semantic_tokens.errors import InputError

SPLITS = ("train", "dev", "test")
NER_TAGS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-DATE", "I-DATE")
NLI_LABELS = ("entailment", "neutral", "contradiction")  # a label is an index into these


def _schema(texts: str, **others: pa.DataType) -> pa.Schema:
    """String columns by name, then the others with their types."""
    return pa.schema([(name, pa.string()) for name in texts.split()] + list(others.items()))


_ANSWERS = pa.list_(pa.struct([("text", pa.string()), ("start", pa.int32())]))  # start: in characters of the context
SCHEMAS: dict[str, pa.Schema] = {
    "corpus": _schema("lang text"),
    "word_pairs": _schema("word_a lang_a word_b lang_b source"),
    "word_concepts": _schema("lang word concept class"),
    "ner": _schema("lang split", tokens=pa.list_(pa.string()), tags=pa.list_(pa.string())),
    "nli": _schema("lang split premise hypothesis", label=pa.int8()),
    "qa": _schema("lang split id question context", answers=_ANSWERS),
    "clir": _schema("lang split query_id passage_id question passage"),  # ids are the same in every language
    "bitext": _schema("lang split sentence_id text"),  # likewise
    "queries": _schema("lang split query_id text"),
    "passages": _schema("lang passage_id title text"),
    "qrels": _schema("lang split query_id passage_id", relevance=pa.int32()),
    "candidates": _schema("lang query_id passage_id", rank=pa.int32()),  # rank 1 is the best
    "scores": pa.schema(
        [
            ("run", pa.string()),
            ("study", pa.list_(pa.string())),
            ("condition", pa.string()),
            ("backbone", pa.string()),
            ("dim", pa.int32()),
            ("alignment", pa.string()),
            ("grouping", pa.string()),  # the method alone
            ("ratio", pa.float64()),
            ("pretraining", pa.string()),
            ("task", pa.string()),
            ("transfer", pa.string()),
            ("seed", pa.int64()),
            ("lang", pa.string()),
            ("metric", pa.string()),
            ("value", pa.float64()),
            ("chance", pa.float64()),
            ("n", pa.int64()),
            ("passages", pa.int64()),  # searched; null where a task searches none
            ("settings", pa.string()),  # of the task, as far as a score is misread without them; null for none
        ]
    ),
}
# The columns that identify a row, where rows must not repeat.
_KEYS = {
    "word_concepts": ("lang", "word"),
    "qa": ("lang", "id"),
    "clir": ("lang", "query_id"),
    "bitext": ("lang", "sentence_id"),
    "queries": ("lang", "query_id"),
    "passages": ("lang", "passage_id"),
    "qrels": ("lang", "query_id", "passage_id"),
    "candidates": ("lang", "query_id", "passage_id"),
    "scores": ("run", "condition", "task", "transfer", "seed", "lang", "metric"),
}
_MAY_BE_NULL = ("passages", "settings")
# The values that a column may hold, in whichever table it stands.
_ALLOWED: dict[str, Collection[str | int]] = {
    "split": SPLITS,
    "tags": NER_TAGS,
    "label": range(len(NLI_LABELS)),
    "pretraining": PRETRAININGS,
    "task": TASKS,
    "transfer": TRANSFERS,
}


class Format(NamedTuple):
    """A table of a single task, in addition to the canonical ones: its name and columns, those that identify a row
    where rows must not repeat, and the values that columns may hold."""

    name: str
    schema: pa.Schema
    key: tuple[str, ...] = ()
    allowed: Mapping[str, Collection[str | int]] = {}


_LANGUAGE_COLUMNS = ("lang", "lang_a", "lang_b")
_ROWS_A_CHUNK = 20_000


def read(name: str | Format, path: Path, languages: Collection[str] | None = None) -> pa.Table:
    """Read and check a canonical table; its columns come in the schema's order.

    Raises InputError naming file and row for whatever `validate` refuses, and for a file that is missing or not
    Parquet."""
    with _reading(name, path):
        table = pq.ParquetFile(path).read()  # not read_table, which would take columns from names of folders
    validate(name, table, str(path), languages)
    schema = _format(name).schema
    return table.select(schema.names).cast(schema)


def read_batches(
    name: str | Format,
    path: Path,
    rows: int = _ROWS_A_CHUNK,
    languages: Collection[str] | None = None,
    lang: str | None = None,
) -> Iterator[pa.Table]:
    """Read and check a canonical table at most `rows` rows at a time: memory stays bounded however many there are.

    With `lang` only the rows in that language; row groups without it are not read. Raises InputError as `read` does;
    keys are not compared from one batch to another.
    """
    first, schema = 0, _format(name).schema
    with _reading(name, path):
        file = pq.ParquetFile(path)
        for group in range(file.num_row_groups):
            before, first = first, first + file.metadata.row_group(group).num_rows
            if lang is not None and not _may_hold(file, group, lang):
                continue
            for batch in file.iter_batches(rows, row_groups=[group]):
                table = pa.Table.from_batches([batch])
                validate(name, table, f"{path}, after row {before}", languages)
                before += table.num_rows
                table = table.select(schema.names).cast(schema)
                yield table if lang is None else table.filter(pc.equal(table["lang"], lang))


def _may_hold(file: pq.ParquetFile, group: int, lang: str) -> bool:
    """False if the row group's statistics exclude that it has rows in `lang`."""
    column = file.schema_arrow.get_field_index("lang")
    bounds = file.metadata.row_group(group).column(column).statistics if column >= 0 else None
    return bounds is None or not bounds.has_min_max or bounds.min <= lang <= bounds.max


@contextmanager
def _reading(name: str | Format, path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; it should hold the table {_format(name).name}") from None
    except pa.ArrowInvalid as error:
        raise InputError(f"{path}: not a Parquet file ({error})") from None


def write(name: str | Format, table: pa.Table, path: Path) -> None:
    """Check and write a canonical table: the same rows give the same bytes; the file appears whole or not at all."""
    validate(name, table, str(path))
    partial, schema = path.with_name(f".{path.name}.{os.getpid()}.partial"), _format(name).schema
    try:
        # The cast drops metadata: pandas leaves some that differ between versions.
        bare = table.select(schema.names).cast(schema)
        pq.write_table(bare, partial, compression="zstd")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_rows(
    name: str | Format, rows: Iterable[Mapping[str, Any]], path: Path, languages: Collection[str] | None = None
) -> int:
    """Write a canonical table from rows that come one by one, and return their number; memory stays bounded.

    Every chunk is `validate`d, and keys are compared over all chunks. The file appears whole or not at all.
    """
    known = _format(name)
    partial, written, keys = path.with_name(f".{path.name}.{os.getpid()}.partial"), 0, [np.empty(0, np.uint64)]
    try:
        with pq.ParquetWriter(partial, known.schema, compression="zstd") as writer:
            waiting = iter(rows)
            while chunk := list(islice(waiting, _ROWS_A_CHUNK)):
                table = pa.Table.from_pylist(chunk, schema=known.schema)
                validate(name, table, f"{path}, after row {written}", languages)
                writer.write_table(table)
                written += len(chunk)
                if known.key:
                    keys.append(_key_hashes(table.select(known.key)))
        if len(np.unique(np.concatenate(keys))) < sum(map(len, keys)):
            _check_repeated(pq.ParquetFile(partial).read(list(known.key)), known.key, f"{path} (table {known.name})")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return written


def _key_hashes(keys: pa.Table) -> np.ndarray:
    """uint64 [rows]: 8 bytes stand for a key, so that those of tens of millions of rows can be held."""
    from pandas.util import hash_pandas_object  # a second to import, and few steps write this way

    return hash_pandas_object(keys.to_pandas(), index=False).to_numpy()


def validate(name: str | Format, table: pa.Table, source: str, languages: Collection[str] | None = None) -> None:
    """Check a table against its schema and its meaning; any language passes where `languages` is None.

    Raises InputError naming `source`, the table, the row and the value: a missing or unknown column, a wrong type, a
    null, an unknown language, split, tag or label, tags that are not as many as the tokens, an answer that is not in
    the context at its offset, a number that is not finite, a row with the key of an earlier one.
    """
    known = _format(name)
    where = f"{source} (table {known.name})"
    _check_columns(table, known.schema, where)
    for column, values, rows in _leaves(table.select(known.schema.names)):
        allowed = languages if column in _LANGUAGE_COLUMNS else known.allowed.get(column)
        _check_values(column, values, rows, allowed, where)
    if name == "ner":
        _check_tags(table, where)
    if name == "qa":
        _check_answers(table, where)
    if known.key:
        _check_repeated(table, known.key, where)


def validate_references(queries: pa.Table, passages: pa.Table, qrels: pa.Table, candidates: pa.Table) -> None:
    """Check that qrels and candidates name only queries and passages that exist, in the same language.

    Raises InputError naming the table, the row and the query or passage; the tables themselves are `validate`d before.
    """
    for name, table in (("qrels", qrels), ("candidates", candidates)):
        _check_references(name, table, "queries", queries, ["lang", "query_id"])
        _check_references(name, table, "passages", passages, ["lang", "passage_id"])
    _check_references("qrels", qrels, "queries", queries, ["lang", "query_id", "split"])


def _refuse_first(wrong: pa.Array, rows: pa.Array | None, where: str, message: Callable[[int], str]) -> None:
    """Raise InputError for the first true entry; `rows` maps entries to table rows where they differ."""
    i = pc.index(wrong, True).as_py()
    if i >= 0:
        raise InputError(f"{where}, row {(i if rows is None else rows[i].as_py()) + 1}: {message(i)}")


def _check_columns(table: pa.Table, schema: pa.Schema, where: str) -> None:
    for name in table.column_names:
        wrong = "is not known" if name not in schema.names else "appears twice"
        if name not in schema.names or table.column_names.count(name) > 1:
            raise InputError(f"{where}: column {name!r} {wrong}; columns: {', '.join(schema.names)}")
    for field in schema:
        if field.name not in table.column_names:
            raise InputError(f"{where}: column {field.name!r} is missing; columns: {', '.join(schema.names)}")
        found = table.schema.field(field.name).type
        if found != field.type:
            raise InputError(f"{where}: column {field.name!r} has the type {found}, but must have {field.type}")


def _format(table: str | Format) -> Format:
    if isinstance(table, str):
        return Format(table, SCHEMAS[table], _KEYS.get(table, ()), _ALLOWED)
    return table._replace(allowed={"split": SPLITS, **table.allowed})


def _leaves(table: pa.Table) -> Iterator[tuple[str, pa.Array, pa.Array | None]]:
    """Yield (name, values, table row of each value or None where they agree) of every column and of all inside it."""
    for name in table.column_names:
        yield name, table[name], None
        if pa.types.is_list(table[name].type):
            lists = table[name].combine_chunks()
            values, rows = pc.list_flatten(lists), pc.list_parent_indices(lists)
            yield name, values, rows
            for field in values.type if pa.types.is_struct(values.type) else ():
                yield f"{name}.{field.name}", pc.struct_field(values, field.name), rows


def _check_values(
    name: str, values: pa.Array, rows: pa.Array | None, allowed: Collection[str | int] | None, where: str
) -> None:
    if name not in _MAY_BE_NULL:
        _refuse_first(pc.is_null(values), rows, where, lambda i: f"{name} is null")
    if allowed is not None and not pa.types.is_nested(values.type):
        listed = ", ".join(map(str, allowed))
        unknown = pc.invert(pc.is_in(values, pa.array(list(allowed), type=values.type)))
        _refuse_first(unknown, rows, where, lambda i: f"{name} is {values[i].as_py()!r}, but must be {listed}")
    if pa.types.is_floating(values.type):
        _refuse_first(pc.invert(pc.is_finite(values)), rows, where, lambda i: f"{name} must be a finite number")


def _check_tags(table: pa.Table, where: str) -> None:
    tokens, tags = (pc.list_value_length(table[name]) for name in ("tokens", "tags"))
    _refuse_first(pc.not_equal(tokens, tags), None, where, lambda i: f"{tokens[i]} tokens, but {tags[i]} tags")


def _check_answers(table: pa.Table, where: str) -> None:
    for row, (context, answers) in enumerate(zip(table["context"], table["answers"].to_pylist(), strict=True), start=1):
        context = context.as_py()
        if not answers:
            raise InputError(f"{where}, row {row}: no answer")
        for answer in answers:
            wrong = _answer_problem(context, answer["text"], answer["start"])
            if wrong:
                raise InputError(f"{where}, row {row}: answer {answer['text']!r} {wrong}")


def _answer_problem(context: str, text: str, start: int) -> str:
    """What is wrong with an answer said to start at character `start`; empty if nothing is."""
    last = len(context) - len(text)
    if not text:
        return "is empty"
    if not 0 <= start <= last:
        return f"starts at {start}, but must start at 0 to {last}"
    found = context[start : start + len(text)]
    return "" if found == text else f"is not at {start}; the context has {found!r} there"


def _check_repeated(table: pa.Table, key: tuple[str, ...], where: str) -> None:
    numbered = table.select(key).append_column("row", pa.array(np.arange(table.num_rows)))
    firsts = numbered.group_by(list(key)).aggregate([("row", "min")])["row_min"]
    if len(firsts) < table.num_rows:
        row = int(np.setdiff1d(np.arange(table.num_rows), firsts.to_numpy())[0])
        found = ", ".join(f"{name} {table[name][row].as_py()!r}" for name in key)
        raise InputError(f"{where}, row {row + 1}: {found} already appears in an earlier row")


def _check_references(name: str, table: pa.Table, target: str, targets: pa.Table, key: list[str]) -> None:
    numbered = table.select(key).append_column("row", pa.array(np.arange(table.num_rows)))
    lost = numbered.join(targets.select(key), key, join_type="left anti")
    if lost.num_rows:
        row = pc.min(lost["row"]).as_py()
        found = ", ".join(f"{column} {table[column][row].as_py()!r}" for column in key)
        raise InputError(f"table {name}, row {row + 1}: {found} is not in {target}")
