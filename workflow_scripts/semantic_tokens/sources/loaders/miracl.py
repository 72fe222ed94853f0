"""MIRACL (Zhang et al. 2023): queries, judgements and passages of Wikipedia in 18 languages.

Queries and judgements are the TREC files of castorini/anserini-tools; `dev` is what papers score on. The corpus of a
language is a number of compressed files, up to tens of millions of passages: nothing here holds them all. MTEB's
MIRACLRetrievalHardNegatives (Enevoldsen et al. 2025) has a small part of it as Parquet: for each dev query what BM25,
multilingual-e5-large and e5-mistral-instruct rank among their first 250.
"""

import json
from collections.abc import Container, Iterator
from functools import partial
from pathlib import Path

from semantic_tokens.errors import InputError
from semantic_tokens.sources.files import Row, Skipped, SourceFile, numbered_lines
from semantic_tokens.sources.languages import known
from semantic_tokens.sources.parquet import record_batches
from semantic_tokens.sources.walk import files_below

_PASSAGE = ("docid", "title", "text")


def find(folder: Path) -> list[SourceFile]:
    """`topics/` and `qrels/` of train and dev. Raises InputError for an unknown language in a file's name."""
    parsers = {"topics": ("queries", parse_queries), "qrels": ("qrels", parse_qrels)}
    files = []
    for kind, (table, parse) in parsers.items():
        for path in sorted(folder.glob(f"{kind}/{kind}.miracl-v1.0-*.tsv")):
            lang, _, split = path.stem.partition("-v1.0-")[2].partition("-")
            if split in ("train", "dev"):
                lang = known(lang, str(path))
                files.append(SourceFile("miracl", path, table, lang, split, partial(parse, lang=lang, split=split)))
    return files


def find_corpus(folder: Path) -> list[SourceFile]:
    """`docs-{i}.jsonl.gz` in folders named `{lang}` or `miracl-corpus-v1.0-{lang}`, by language and number."""
    files = []
    for path in sorted(
        files_below(folder, "docs-*.jsonl.gz"), key=lambda path: (path.parent, len(path.name), path.name)
    ):
        lang = known(path.parent.name.removeprefix("miracl-corpus-v1.0-"), str(path.parent))
        files.append(SourceFile("miracl-corpus", path, "passages", lang, "", partial(parse_passages, lang=lang)))
    return files


def find_hard_negatives(folder: Path) -> list[SourceFile]:
    """`{lang}-corpus/dev-*.parquet`. Raises InputError for an unknown language in a folder's name."""
    files = []
    for path in sorted(folder.glob("*-corpus/dev-*.parquet")):
        lang = known(path.parent.name.removesuffix("-corpus"), str(path.parent))
        parse = partial(parse_hard_negatives, lang=lang)
        files.append(SourceFile("miracl-hard-negatives", path, "passages", lang, "", parse))
    return files


def parse_queries(path: Path, skipped: Skipped, *, lang: str, split: str) -> Iterator[Row]:
    """Rows of the table queries from `id TAB text`. Raises InputError for other columns and for an id that repeats."""
    lines: dict[str, int] = {}
    for line, (query, text) in columns(path, 2):
        earlier = lines.setdefault(query, line)
        if earlier != line:
            raise InputError(f"{path}, line {line}: query id {query!r} already appears on line {earlier}")
        yield {"lang": lang, "split": split, "query_id": query, "text": text}


def parse_qrels(path: Path, skipped: Skipped, absent: Container[str] = (), *, lang: str, split: str) -> Iterator[Row]:
    """Rows of the table qrels from `query TAB Q0 TAB passage TAB relevance`.

    Judgements of `absent` passages are skipped, and so are those that repeat an earlier one. Raises InputError for
    other columns, a relevance that is not a whole number, and two that differ for the same pair.
    """
    relevances: dict[str, int] = {}
    for line, (query, _, passage, found) in columns(path, 4):
        if not found.isdecimal():
            raise InputError(f"{path}, line {line}: relevance is {found!r}, but must be a whole number from 0")
        pair, relevance = f"{query}\t{passage}", int(found)
        if relevances.get(pair, relevance) != relevance:
            raise InputError(f"{path}, line {line}: {pair!r} is judged {relevance}, but earlier {relevances[pair]}")
        if passage in absent:
            skipped.row(line, "the passage is not in the collection")
        elif pair in relevances:
            skipped.row(line, "a repeated judgement")
        else:
            relevances[pair] = relevance
            row = {"query_id": query, "passage_id": passage, "relevance": relevance}
            yield {"lang": lang, "split": split, **row}


def parse_passages(path: Path, skipped: Skipped, *, lang: str) -> Iterator[Row]:
    """Rows of the table passages from JSON lines. Raises InputError for a line without the texts docid, title, text."""
    line = 0
    for line, text in numbered_lines(path):
        try:
            found = json.loads(text)
        except json.JSONDecodeError as error:
            raise InputError(f"{path}, line {line}: not JSON ({error.msg})") from None
        values = [found.get(key) for key in _PASSAGE] if isinstance(found, dict) else [None]
        if not all(isinstance(value, str) for value in values):
            raise InputError(f"{path}, line {line}: must be an object with the texts {', '.join(_PASSAGE)}")
        yield {"lang": lang, **dict(zip(("passage_id", "title", "text"), values))}
    if not line:
        raise InputError(f"{path}: no passages")


def parse_hard_negatives(path: Path, skipped: Skipped, *, lang: str) -> Iterator[Row]:
    """Rows of the table passages from Parquet. Raises InputError naming the row for one without the three texts."""
    for start, batch in record_batches(path, ("_id", "title", "text")):
        for number, found in enumerate(batch.to_pylist(), start=start + 1):
            if not all(isinstance(value, str) for value in found.values()):
                raise InputError(f"{path}, row {number}: must have the texts _id, title and text, but is {found}")
            yield {"lang": lang, "passage_id": found["_id"], "title": found["title"], "text": found["text"]}


def columns(path: Path, n: int) -> Iterator[tuple[int, list[str]]]:
    """(line, `n` columns) of a file without a header. Raises InputError for another number of them and for no line."""
    line = 0
    for line, text in numbered_lines(path):
        found = text.split("\t")
        if len(found) != n:
            raise InputError(f"{path}, line {line}: must have {n} columns separated by TAB, but has {len(found)}")
        yield line, found
    if not line:
        raise InputError(f"{path}: the file is empty")
