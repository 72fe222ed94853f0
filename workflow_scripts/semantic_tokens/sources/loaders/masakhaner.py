"""MasakhaNER 1.0 (Adelani et al. 2021): named entities in ten African languages, `data/{iso3}/{split}.txt`.

One `token tag` per line, a blank line between sentences.
"""

import re
from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path

from semantic_tokens.errors import InputError
from semantic_tokens.sources.files import Row, Skipped, SourceFile, numbered_lines
from semantic_tokens.sources.languages import from_iso3
from semantic_tokens.tables import NER_TAGS, SPLITS

_FIELD = re.compile(r"[^ \t]+")  # not str.split, which would also cut a token at a no-break space
_END = (0, "")  # a blank line after the last, so that the last sentence needs no care of its own


def find(folder: Path) -> list[SourceFile]:
    """The split files of every language. Raises InputError for a folder whose name is not a known ISO 639-3 code."""
    paths = sorted(path for split in SPLITS for path in folder.glob(f"data/*/{split}.txt"))
    return [_source_file(path) for path in paths]


def parse_conll(path: Path, skipped: Skipped, *, lang: str, split: str) -> Iterator[Row]:
    """Rows of the table ner, a sentence each; an I- tag that continues nothing is kept, as upstream has it, and noted.

    Raises InputError for a line that is not a token and a tag, for an unknown tag, and for a file without a sentence.
    """
    tokens: list[str] = []
    tags: list[str] = []
    sentences = 0
    for line, text in chain(numbered_lines(path), [_END]):
        if text.strip():
            token, tag = _token_and_tag(text, f"{path}, line {line}")
            if tag.startswith("I-") and (tags[-1] if tags else "O")[2:] != tag[2:]:
                skipped.note(line, "an I- tag that does not continue an entity")
            tokens.append(token)
            tags.append(tag)
        elif tokens:
            sentences += 1
            yield {"lang": lang, "split": split, "tokens": tokens, "tags": tags}
            tokens, tags = [], []
    if not sentences:
        raise InputError(f"{path}: no sentences")


def _source_file(path: Path) -> SourceFile:
    lang = from_iso3(path.parent.name)
    if lang is None:
        raise InputError(f"{path.parent}: {path.parent.name!r} is not the ISO 639-3 code of a known language")
    parse = partial(parse_conll, lang=lang, split=path.stem)
    return SourceFile("masakhaner", path, "ner", lang, path.stem, parse)


def _token_and_tag(text: str, where: str) -> list[str]:
    fields = _FIELD.findall(text)
    if len(fields) != 2:
        raise InputError(f"{where}: must be a token and a tag, but has {len(fields)} fields: {text!r}")
    if fields[1] not in NER_TAGS:
        raise InputError(f"{where}: unknown tag {fields[1]!r}; allowed: {' '.join(NER_TAGS)}")
    return fields
