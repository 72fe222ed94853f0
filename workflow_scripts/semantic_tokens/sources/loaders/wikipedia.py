"""Wikipedia (wikimedia/wikipedia on the hub): articles in `{date}.{lang}/train-{i}-of-{n}.parquet`, and which to take.

The articles are in the order of their age, the oldest and longest first: samples are taken from all shards.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from semantic_tokens.sources.even_sample import even_sample
from semantic_tokens.sources.files import Row, Skipped, SourceFile
from semantic_tokens.sources.languages import LANGUAGES
from semantic_tokens.sources.parquet import n_rows, record_batches, within


def find(folder: Path) -> list[SourceFile]:
    """Every shard of the languages that the project knows, by language and number; Wikipedia has hundreds more."""
    paths = sorted(folder.glob("[0-9]*.*/train-*.parquet"))
    return [_source_file(path, lang) for path in paths if (lang := path.parent.name.partition(".")[2]) in LANGUAGES]


def parse_articles(path: Path, skipped: Skipped, chosen: np.ndarray | None = None, *, lang: str) -> Iterator[Row]:
    """Rows of the table corpus, the text of an article each; empty articles are skipped, their row being the "line".

    `chosen` (int [m], ascending, row numbers from 0) names the articles to take; without it all are taken.
    """
    for start, batch in record_batches(path, ("text",), chosen):
        texts = batch["text"].to_pylist()
        for row in range(len(texts)) if chosen is None else (within(chosen, start, len(texts)) - start).tolist():
            if texts[row] and texts[row].strip():
                yield {"lang": lang, "text": texts[row]}
            else:
                skipped.row(start + row + 1, "an empty article")


def n_articles(files: Sequence[SourceFile]) -> int:
    """How many articles the shards have, empty ones included, from their ends alone."""
    return sum(n_rows(file.path, ("text",)) for file in files)


def sample(files: Sequence[SourceFile], n: int, seed: int) -> list[SourceFile]:
    """The shards of one language, each limited to its share of `n` articles, all of them if there are not more.

    Here only the ends of the files are read, and later only the row groups with an article chosen (`even_sample`).
    """
    sizes = [n_rows(file.path, ("text",)) for file in files]
    sampled = []
    for file, chosen in zip(files, even_sample(sizes, n, seed)):
        if len(chosen):
            parse = partial(parse_articles, lang=file.lang, chosen=chosen)
            sampled.append(replace(file, parse=parse, may_be_empty=True))  # a few articles may all be empty
    return sampled


def _source_file(path: Path, lang: str) -> SourceFile:
    return SourceFile("wikipedia", path, "corpus", lang, "", partial(parse_articles, lang=lang))
