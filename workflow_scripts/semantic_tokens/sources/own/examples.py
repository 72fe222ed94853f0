"""Rows of the canonical tables out of the records of the user's own data, one function a role."""

from collections.abc import Iterator
from typing import Any

from semantic_tokens.sources.files import Row, Skipped
from semantic_tokens.sources.headwords import headword
from semantic_tokens.sources.loaders.squad import answerable
from semantic_tokens.sources.own.columns import Found, Labels

LEFT_OUT = "its label is one to leave out"


def ner(found: Found, number: int, skipped: Skipped, about: Row, labels: Labels) -> Iterator[Row]:
    """A sentence: lists, or texts that are split at white space. An I- tag that continues nothing is kept and noted."""
    tokens, raw = (_split(found.value(column)) for column in ("tokens", "tags"))
    if not isinstance(raw, list) or not raw:
        found.refuse("tags", raw, "a list of labels, one a token")
    if not isinstance(tokens, list) or len(tokens) != len(raw) or not all(isinstance(token, str) for token in tokens):
        found.refuse("tokens", tokens, f"a list of texts, as many as there are tags ({len(raw)})")
    tags = [labels.name(found, "tags", tag) for tag in raw]
    if None in tags:
        skipped.row(number, LEFT_OUT)
        return
    for before, tag in zip(["O", *tags], tags):
        if tag is not None and before is not None and tag.startswith("I-") and before[2:] != tag[2:]:
            skipped.note(number, "an I- tag that does not continue an entity")
    yield about | {"tokens": tokens, "tags": tags}


def nli(found: Found, number: int, skipped: Skipped, about: Row, labels: Labels) -> Iterator[Row]:
    """A pair of sentences."""
    label = labels.name(found, "label", found.value("label"))
    if label is None:
        skipped.row(number, LEFT_OUT)
    else:
        texts = {column: found.text(column) for column in ("premise", "hypothesis")}
        yield about | texts | {"label": labels.allowed.index(label)}


def qa(found: Found, number: int, skipped: Skipped, about: Row, labels: Labels) -> Iterator[Row]:
    """A question; what is left out is as in `answerable`. Where no column is the `id`, its place is."""
    texts = {column: found.text(column) for column in ("question", "context")}
    answers, starts = found.texts("answers.text"), _numbers(found.value("answers.start"))
    if starts is None or len(starts) != len(answers):
        found.refuse("answers.start", found.value("answers.start"), f"{len(answers)} whole numbers, one an answer")
        return
    identity = str(found.value("id")) if "id" in found.names else f"{about['split']}/{found.file}:{number}"
    pairs = [{"text": text, "start": start} for text, start in zip(answers, starts)]
    yield from answerable(number, about | {"id": identity} | texts, pairs, skipped)


def retrieval(found: Found, number: int, skipped: Skipped, about: Row, labels: Labels) -> Iterator[Row]:
    """A query with passages that are relevant and others that are judged not to be; see `collection.py`."""
    groups = {"positive": found.texts("positive"), "negative": []}
    if "negative" in found.names:
        groups["negative"] = found.texts("negative")
    if not groups["positive"]:
        skipped.row(number, "no relevant passage")
    else:
        yield about | {"query": found.text("query")} | groups


def corpus(found: Found, number: int, skipped: Skipped, about: Row, labels: Labels) -> Iterator[Row]:
    """A text, without white space at its ends; an empty one is skipped."""
    text = found.text("text").strip()
    if text:
        yield {"lang": about["lang"], "text": text}
    else:
        skipped.row(number, "an empty text")


def dictionaries(found: Found, number: int, skipped: Skipped, about: Row, labels: Labels) -> Iterator[Row]:
    """A pair of words, each reduced to its headword."""
    languages = about["lang"].split("+")
    words = [found.text(column).strip() for column in ("word_a", "word_b")]
    if not all(words):
        skipped.row(number, "an empty word")
        return
    a, b = (headword(word, lang, number, skipped) for word, lang in zip(words, languages))
    yield {"word_a": a, "lang_a": languages[0], "word_b": b, "lang_b": languages[1], "source": "own"}


def _split(value: Any) -> Any:
    return value.split() if isinstance(value, str) else value


def _numbers(value: Any) -> list[int] | None:
    """Whole numbers, as text in CSV; a single one is a list of one. None for anything else."""
    values = value if isinstance(value, list) else [value]
    try:
        return [int(one) if isinstance(one, str) else one.__index__() for one in values]
    except (AttributeError, ValueError):
        return None
