"""Wikipedia (wikimedia/wikipedia on the hub): articles in `{date}.{lang}/train-{i}-of-{n}.parquet`, and which to take.

The articles are in the order of their age, the oldest and longest first: samples are taken from all shards.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from semantic_tokens.errors import InputError
from semantic_tokens.sources.files import Row, Skipped, SourceFile
from semantic_tokens.sources.languages import LANGUAGES

_BATCH = 1000  # rows held at a time
_RUN = 100  # articles taken side by side: only row groups (1,000 articles each) with a run in them are read


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
        for row in range(len(texts)) if chosen is None else (_within(chosen, start, len(texts)) - start).tolist():
            if texts[row] and texts[row].strip():
                yield {"lang": lang, "text": texts[row]}
            else:
                skipped.row(start + row + 1, "an empty article")


def sample(files: Sequence[SourceFile], n: int, seed: int) -> list[SourceFile]:
    """The shards of one language, each limited to its share of `n` articles, all of them if there are not more.

    Shares are in proportion to the shards' sizes. From a shard, short runs of neighbouring articles are taken, one in a
    random place of each of equal stretches. Here only the ends of the files are read, and later only the row groups
    with an article chosen.
    """
    sizes = [_opened(file.path, ("text",)).metadata.num_rows for file in files]
    total = sum(sizes)
    bounds = [sum(sizes[:i]) * min(n, total) // max(total, 1) for i in range(len(files) + 1)]
    sampled = []
    for i, (file, size) in enumerate(zip(files, sizes)):
        chosen = _draw(size, bounds[i + 1] - bounds[i], np.random.default_rng([seed, i]))
        if len(chosen):
            sampled.append(replace(file, parse=partial(parse_articles, lang=file.lang, chosen=chosen)))
    return sampled


def language_weights(sizes: Mapping[str, float], exponent: float = 0.7) -> dict[str, float]:
    """Probability of drawing from each language: proportional to its size (articles, bytes) to the power `exponent`.

    Below 1, small languages are drawn more often than their size gives them; mBERT's exponent is 0.7. Raises InputError
    for a language that has nothing.
    """
    for lang, size in sizes.items():
        if size <= 0:
            raise InputError(f"language {lang!r} has no text to sample from")
    powers = {lang: size**exponent for lang, size in sizes.items()}
    return {lang: power / sum(powers.values()) for lang, power in powers.items()}


def record_batches(
    path: Path, columns: Sequence[str], chosen: np.ndarray | None = None
) -> Iterator[tuple[int, pa.RecordBatch]]:
    """(number of its first row, from 0; batch) of a Parquet file, only of row groups that hold a `chosen` row if given.

    Raises InputError naming the file for one that is cut off, damaged or without a column.
    """
    file = _opened(path, columns)
    start = 0
    for group in range(file.num_row_groups):
        size = file.metadata.row_group(group).num_rows
        if chosen is None or len(_within(chosen, start, size)):
            yield from _numbered(path, file.iter_batches(_BATCH, row_groups=[group], columns=list(columns)), start)
        start += size


def _numbered(path: Path, batches: Iterator[pa.RecordBatch], start: int) -> Iterator[tuple[int, pa.RecordBatch]]:
    try:
        for batch in batches:
            yield start, batch
            start += batch.num_rows
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError(f"{path}, after row {start}: the file is damaged ({error})") from None


def _opened(path: Path, columns: Sequence[str]) -> pq.ParquetFile:
    try:
        file = pq.ParquetFile(path)
    except pa.ArrowInvalid as error:
        raise InputError(f"{path}: cut off, or not a Parquet file ({error})") from None
    for column in columns:
        if column not in file.schema_arrow.names:
            raise InputError(f"{path}: no column {column!r}; found: {', '.join(file.schema_arrow.names)}")
    return file


def _within(chosen: np.ndarray, start: int, size: int) -> np.ndarray:
    first, last = np.searchsorted(chosen, [start, start + size])
    return chosen[first:last]


def _draw(size: int, n: int, rng: np.random.Generator) -> np.ndarray:
    """int [n], ascending: of the numbers below `size`, a run in a random place of each of equal stretches."""
    if n == 0:
        return np.empty(0, np.int64)
    n_runs = -(-n // _RUN)
    edges = np.arange(n_runs + 1) * size // n_runs
    lengths = np.diff(edges * n // size)  # n in all, none longer than its stretch
    starts = rng.integers(edges[:-1], edges[1:] - lengths, endpoint=True)
    return np.concatenate([np.arange(start, start + length) for start, length in zip(starts, lengths)])


def _source_file(path: Path, lang: str) -> SourceFile:
    return SourceFile("wikipedia", path, "corpus", lang, "", partial(parse_articles, lang=lang))
