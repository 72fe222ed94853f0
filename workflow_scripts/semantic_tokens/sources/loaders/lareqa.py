"""XQuAD-R of LAReQA (Roy et al. 2020): the questions and paragraphs of XQuAD, the same in eleven languages.

A paragraph is known by the smallest id of its questions, so that its translations share their id.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from semantic_tokens.sources.files import Row, Skipped, SourceFile
from semantic_tokens.sources.languages import known
from semantic_tokens.sources.loaders import tydiqa
from semantic_tokens.sources.loaders.squad import parse_squad


def find(folder: Path) -> list[SourceFile]:
    """`xquad-r/{lang}.json`, a test split each. Raises InputError for an unknown language in a file's name."""
    paths = sorted(folder.glob("xquad-r/*.json"))
    return [_source_file(path, known(path.stem, str(path))) for path in paths]


def find_training(folder: Path) -> list[SourceFile]:
    """Of TyDiQA-GoldP the file to train on, read as questions with their paragraphs."""
    return [
        SourceFile(file.source, file.path, "clir", file.lang, file.split, partial(parse_pairs, file=file))
        for file in tydiqa.find(folder)
        if file.split == "train"
    ]


def parse_pairs(path: Path, skipped: Skipped, *, file: SourceFile) -> Iterator[Row]:
    """Rows of the table clir from those of the table qa that `file` holds; raises as it does."""
    rows = list(file.parse(path, skipped))
    smallest: dict[tuple[str, str], str] = {}
    for row in rows:
        key = row["lang"], row["context"]
        smallest[key] = min(row["id"], smallest.get(key, row["id"]))
    for row in rows:
        about = {"lang": row["lang"], "split": row["split"], "query_id": row["id"]}
        paragraph = {"passage_id": smallest[row["lang"], row["context"]], "passage": row["context"]}
        yield about | paragraph | {"question": row["question"]}


def _source_file(path: Path, lang: str) -> SourceFile:
    as_qa = SourceFile("lareqa", path, "qa", lang, "test", partial(parse_squad, lang=lang, split="test"))
    return SourceFile("lareqa", path, "clir", lang, "test", partial(parse_pairs, file=as_qa))
