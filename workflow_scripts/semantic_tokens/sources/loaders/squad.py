"""Question answering in the JSON of SQuAD 1.1 (Rajpurkar et al. 2016), as XQuAD and TyDiQA-GoldP have it.

Such a file has no lines to name: questions are counted from 1, through all articles and paragraphs, and that number is
given where other sources give a line. Text is never normalised, since offsets count characters as they are.
"""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from semantic_tokens.errors import InputError
from semantic_tokens.sources.files import Row, Skipped, SourceFile
from semantic_tokens.sources.languages import known

_SHAPE = "data / paragraphs / context, qas / id, question, answers / text, answer_start"


def find(folder: Path) -> list[SourceFile]:
    """XQuAD's `xquad.{lang}.json`, a test split each. Raises InputError for an unknown language in a file's name."""
    return [_source_file(path) for path in sorted(folder.glob("xquad.*.json"))]


def parse_squad(path: Path, skipped: Skipped, *, lang: str, split: str) -> Iterator[Row]:
    """Rows of the table qa, as `answerable`.

    Raises InputError for a file that is not such JSON (cut off, a key missing) and for an id that repeats.
    """
    numbers: dict[str, int] = {}
    for number, row, answers in _questions(path):
        earlier = numbers.setdefault(row["id"], number)
        if earlier != number:
            raise InputError(f"{path}, question {number}: id {row['id']!r} is already that of question {earlier}")
        yield from answerable(number, {"lang": lang, "split": split, **row}, answers, skipped)


def answerable(number: int, row: Row, answers: list[Row], skipped: Skipped) -> Iterator[Row]:
    """The row with those of its answers (text and start) that are at their offset; the others are left out: noted
    where some remain, and where none does the row is skipped."""
    right = [answer for answer in answers if _is_at_offset(row["context"], **answer)]
    if not right:
        skipped.row(number, "no answer is in the context at its offset" if answers else "no answer")
        return
    for _ in range(len(answers) - len(right)):
        skipped.note(number, "an answer left out that is not in the context at its offset")
    yield row | {"answers": right}


def _questions(path: Path) -> Iterator[tuple[int, Row, list[Row]]]:
    """(number, id, question and context, answers as they stand)."""
    number = 0
    try:
        for number, (context, found) in enumerate(_in_order(_document(path)), start=1):
            texts = {"id": _get(found, "id", str), "question": _get(found, "question", str), "context": context}
            answers = [
                {"text": _get(answer, "text", str), "start": _get(answer, "answer_start", int)}
                for answer in _get(found, "answers", list)
            ]
            yield number, texts, answers
    except TypeError as error:
        raise InputError(f"{path}, at or after question {number}: {error}; the shape is {_SHAPE}") from None
    if not number:
        raise InputError(f"{path}: no questions")


def _in_order(document: Any) -> Iterator[tuple[str, Any]]:
    """(context, question as it stands), through all articles and paragraphs."""
    for article in _get(document, "data", list):
        for paragraph in _get(article, "paragraphs", list):
            for found in _get(paragraph, "qas", list):
                yield _get(paragraph, "context", str), found


def _get(found: Any, key: str, kind: type) -> Any:
    value = found.get(key) if isinstance(found, dict) else None
    if not isinstance(value, kind):
        raise TypeError(f"{key} must be present and of type {kind.__name__}")
    return value


def _document(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise InputError(f"{path}, line {error.lineno}: cut off, or not JSON ({error.msg})") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 ({error.reason} at byte {error.start})") from None


def _is_at_offset(context: str, text: str, start: int) -> bool:
    return bool(text) and start >= 0 and context.startswith(text, start)


def _source_file(path: Path) -> SourceFile:
    lang = known(path.name.split(".")[1], str(path))
    return SourceFile("xquad", path, "qa", lang, "test", partial(parse_squad, lang=lang, split="test"))
