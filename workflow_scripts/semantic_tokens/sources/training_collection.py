"""A part of MS MARCO to train retrieval on (paper, Table 4): some queries, their relevant passages, and others.

Its rows are English, but from a different collection than the one searched, so they get a separate language
(`conditions.MS_MARCO`): no search ever meets them, and only the transfer `ms-marco` trains on them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from semantic_tokens.conditions import MS_MARCO
from semantic_tokens.errors import InputError
from semantic_tokens.sources.canonical import reservoir
from semantic_tokens.sources.collection import Others
from semantic_tokens.sources.files import Row, Skips, SourceFile, counted
from semantic_tokens.sources.loaders import msmarco


@dataclass(frozen=True)
class TrainingCollection:
    """Rows of the canonical tables, all in the language `en-x-msmarco` and the split train."""

    queries: list[Row]
    qrels: list[Row]
    passages: Iterator[Row]


NOTHING = TrainingCollection([], [], iter(()))


def draw(folder: Path, queries: int, distractors: int, seed: int, skips: Skips) -> TrainingCollection:
    """`queries` training queries with a relevant passage, these passages, and `distractors` others; all of them where
    there are not more. Raises InputError where a file is not there."""
    files = {
        table: _file(folder, table, split)
        for table, split in (("queries", "train"), ("qrels", "train"), ("passages", ""))
    }
    judgements = [row for row in counted(files["qrels"], skips) if row["relevance"] > 0]
    judged = {row["query_id"] for row in judgements}
    asked = (row for row in counted(files["queries"], skips) if row["query_id"] in judged)
    drawn = reservoir(asked, queries, f"{seed}/queries/{MS_MARCO}")
    kept = {row["query_id"] for row in drawn}
    qrels = [row for row in judgements if row["query_id"] in kept]
    relevant = {row["passage_id"] for row in qrels}
    return TrainingCollection(
        _renamed(drawn), _renamed(qrels), _passages(files["passages"], relevant, distractors, seed, skips)
    )


def _passages(file: SourceFile, relevant: set[str], distractors: int, seed: int, skips: Skips) -> Iterator[Row]:
    others = Others(counted(file, skips), relevant)
    drawn = reservoir(others, distractors, f"{seed}/passages/{MS_MARCO}")
    lacking = relevant - {row["passage_id"] for row in others.judged_rows}
    if lacking:
        raise InputError(f"{file.path}: lacks {len(lacking)} of the relevant passages, the first {min(lacking)!r}")
    yield from _renamed([*others.judged_rows, *drawn])


def _file(folder: Path, table: str, split: str) -> SourceFile:
    for file in msmarco.find(folder):
        if (file.table, file.split) == (table, split):
            return file
    raise InputError(f"{folder}: no {table}{f' of the split {split}' if split else ''} of MS MARCO (docs/data.md)")


def _renamed(rows: list[Row]) -> list[Row]:
    return [row | {"lang": MS_MARCO} for row in rows]
