"""MS MARCO passage ranking (Bajaj et al. 2016): queries, judgements and passages in English, in TREC's files as MIRACL.

Some training judgements seem to appear twice: upstream counts 532,761, the copy in BEIR 532,751. Some passages hold
letters that were encoded twice; upstream's text is kept.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from semantic_tokens.sources.files import Row, Skipped, SourceFile
from semantic_tokens.sources.loaders.miracl import columns, parse_qrels, parse_queries


def find(folder: Path) -> list[SourceFile]:
    """`queries.{train,dev}.tsv`, `qrels.{train,dev}.tsv` and `collection.tsv`, as far as they are there.

    Papers score on the small dev set: if `queries.dev.small.tsv` is there, it and its qrels are dev.
    """
    dev = "dev.small" if (folder / "queries.dev.small.tsv").is_file() else "dev"
    files = []
    for split, name in (("train", "train"), ("dev", dev)):
        for table, parse in (("queries", parse_queries), ("qrels", parse_qrels)):
            path = folder / f"{table}.{name}.tsv"
            files.append(SourceFile("msmarco", path, table, "en", split, partial(parse, lang="en", split=split)))
    files.append(SourceFile("msmarco", folder / "collection.tsv", "passages", "en", "", parse_collection))
    return [file for file in files if file.path.is_file()]


def parse_collection(path: Path, skipped: Skipped) -> Iterator[Row]:
    """Rows of the table passages from `id TAB text`; there are no titles. Raises InputError for other columns."""
    for _, (passage, text) in columns(path, 2):
        yield {"lang": "en", "passage_id": passage, "title": "", "text": text}
