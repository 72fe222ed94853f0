"""The text of a token without the mark of its tokenizer, and whether it begins a word: what two vocabularies share."""

from collections.abc import Sequence
from typing import NamedTuple

from tokenizers import decoders

SENTENCEPIECE, WORDPIECE, BYTE_LEVEL = "▁", "##", "Ġ"  # before a word, inside a word, a blank's byte


class Surface(NamedTuple):
    text: str
    begins_word: bool


def surfaces(tokens: Sequence[str]) -> list[Surface]:
    """The surface of every token, by the convention that most tokens of the vocabulary follow.

    A byte-level token is decoded first; bytes that are no whole character become U+FFFD.
    """
    mark = convention(tokens)
    if mark == BYTE_LEVEL:
        return [Surface(text.strip(), text.startswith(" ")) for text in readable(tokens)]
    return [Surface(token.removeprefix(mark), token.startswith(mark) == (mark == SENTENCEPIECE)) for token in tokens]


def readable(tokens: Sequence[str]) -> list[str]:
    """The tokens as they stand in the vocabulary, those of a byte-level tokenizer as text."""
    if convention(tokens) != BYTE_LEVEL:
        return list(tokens)
    decoder = decoders.ByteLevel()
    return [decoder.decode([token]) for token in tokens]


def convention(tokens: Sequence[str]) -> str:
    """The mark that most tokens begin with; a letter may stand for a mark by chance."""
    counts = {mark: sum(token.startswith(mark) for token in tokens) for mark in (WORDPIECE, SENTENCEPIECE, BYTE_LEVEL)}
    return max(counts, key=counts.__getitem__)
