"""MIRACL as a collection to search: which passages are in it, and the judgements that they leave.

Three collections, `full` being the paper's: all passages of the corpus; `sampled`: a number drawn at random; and
`hard-negatives`: MTEB's pool of what three retrievers find for the dev queries. The passages that some query is judged
on are in all three, taken from the corpus: the pool lacks those of the training queries, without which there would be
next to nothing to train on.
"""

import random
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

from semantic_tokens.errors import InputError
from semantic_tokens.sources.canonical import is_wanted, reservoir, split_of, task_rows
from semantic_tokens.sources.files import Row, Skips, SourceFile, counted
from semantic_tokens.sources.loaders import miracl

Kind = Literal["full", "sampled", "hard-negatives"]
Passages = dict[str, set[str]]  # language -> ids of passages
Queries = frozenset[tuple[str, str]]  # language, id


def judged_queries(topics: Path, languages: Collection[str], n: int | None, seed: int) -> Queries:
    """The queries that have a judgement; of more than `n` in a language and split so many of them, drawn."""
    found: dict[tuple[str, str], set[str]] = {}
    for row in task_rows("miracl", "qrels", topics, languages, {}):
        found.setdefault((row["lang"], row["split"]), set()).add(row["query_id"])
    return frozenset(
        (lang, query)
        for (lang, split), ids in found.items()
        for query in _drawn(sorted(ids), n, f"{seed}/queries/{split}/{lang}")
    )


def judged_passages(topics: Path, languages: Collection[str], queries: Queries) -> Passages:
    """The passages that one of these queries is judged on, whether relevant or not."""
    judged: Passages = {}
    for row in task_rows("miracl", "qrels", topics, languages, {}):
        if (row["lang"], row["query_id"]) in queries:
            judged.setdefault(row["lang"], set()).add(row["passage_id"])
    return judged


def passage_rows(
    kind: Kind,
    folders: Mapping[str, Path],
    languages: Collection[str],
    judged: Mapping[str, Container[str]],
    distractors: int | None,
    seed: int,
    skips: Skips,
) -> Iterator[Row]:
    """Rows of the table passages, language by language.

    folders: where the sources miracl-corpus and, for `hard-negatives`, miracl-hard-negatives are. distractors: how many
    passages `sampled` draws in each language besides the judged ones. Raises InputError for a language with judgements
    that the pool lacks: among the judged passages alone every search succeeds.
    """
    corpus = _by_language(miracl.find_corpus(folders["miracl-corpus"]), languages)
    pool = miracl.find_hard_negatives(folders["miracl-hard-negatives"]) if kind == "hard-negatives" else []
    pooled = _by_language(pool, languages)
    if lacking := [lang for lang in judged if kind == "hard-negatives" and lang not in pooled]:
        raise InputError(f"{folders['miracl-hard-negatives']}: no pool of passages in {', '.join(lacking)}")
    for lang in sorted({*corpus, *pooled}):
        rows = (row for file in corpus.get(lang, []) for row in counted(file, skips))
        known = judged.get(lang, ())
        if kind == "full":
            yield from rows
        elif kind == "sampled":
            others = Others(rows, known)
            drawn = reservoir(others, distractors or 0, f"{seed}/passages/{lang}")
            yield from [*others.judged_rows, *drawn]
        else:
            yield from _pool_and_judged(pooled.get(lang, []), rows, known, skips)


def noted(rows: Iterable[Row], absent: MutableMapping[str, set[str]]) -> Iterator[Row]:
    """The passages, each taken out of `absent` as it passes: those that were not there are left in it."""
    for row in rows:
        absent.get(row["lang"], set()).discard(row["passage_id"])
        yield row


def judgement_rows(
    topics: Path, languages: Collection[str], queries: Queries, absent: Mapping[str, Container[str]], skips: Skips
) -> Iterator[Row]:
    """Rows of the table qrels about these queries; judgements of passages that are `absent` are left out and counted
    with their line."""
    for file in miracl.find(topics):
        if file.table == "qrels" and is_wanted(languages, file.lang):
            lacking = absent.get(file.lang, ())
            parse = partial(miracl.parse_qrels, absent=lacking, lang=file.lang, split=file.split)
            for row in counted(replace(file, parse=parse, may_be_empty=True), skips):
                if (row["lang"], row["query_id"]) in queries:
                    yield row | {"split": split_of("miracl", row["split"])}


class Others:
    """Iterates over the passages that no query is judged on, and keeps the others."""

    def __init__(self, rows: Iterable[Row], judged: Container[str]) -> None:
        self.rows, self.judged, self.judged_rows = rows, judged, list[Row]()

    def __iter__(self) -> Iterator[Row]:
        for row in self.rows:
            if row["passage_id"] in self.judged:
                self.judged_rows.append(row)
            else:
                yield row


def _pool_and_judged(
    pool: Iterable[SourceFile], corpus: Iterable[Row], judged: Container[str], skips: Skips
) -> Iterator[Row]:
    held = set()
    for row in (row for file in pool for row in counted(file, skips)):
        held.add(row["passage_id"])
        yield row
    yield from (row for row in corpus if row["passage_id"] in judged and row["passage_id"] not in held)


def _drawn(ids: list[str], n: int | None, seed: str) -> list[str]:
    return ids if n is None or n >= len(ids) else random.Random(seed).sample(ids, n)


def _by_language(files: Iterable[SourceFile], languages: Collection[str]) -> dict[str, list[SourceFile]]:
    found: dict[str, list[SourceFile]] = {}
    for file in files:
        if is_wanted(languages, file.lang):
            found.setdefault(file.lang, []).append(file)
    return found
