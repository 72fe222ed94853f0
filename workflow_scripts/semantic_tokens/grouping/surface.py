"""The text of a token without the mark of its tokenizer, and whether it begins a word or may be a whole one."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from tokenizers import decoders

from semantic_tokens.scripts import is_unspaced

SENTENCEPIECE, WORDPIECE, BYTE_LEVEL = "▁", "##", "Ġ"  # before a word, inside a word, a blank's byte


class Surfaces(NamedTuple):
    """Of n tokens, their texts without marks and whether each begins a word.

    Two columns rather than n pairs: at 901,629 tokens, pairs cost more than everything that is done with them.
    """

    texts: list[str]
    begin_word: list[bool]


def surfaces(tokens: Sequence[str]) -> Surfaces:
    """The surface of every token, by the convention that most tokens of the vocabulary follow.

    A byte-level token is decoded first; bytes that are no whole character become U+FFFD.
    """
    mark = convention(tokens)
    if mark == BYTE_LEVEL:
        texts = readable(tokens)
        return Surfaces([text.strip() for text in texts], [text.startswith(" ") for text in texts])
    marks_beginning = mark == SENTENCEPIECE
    begin_word = [token.startswith(mark) == marks_beginning for token in tokens]
    return Surfaces([token.removeprefix(mark) for token in tokens], begin_word)


def word_initial(tokens: Sequence[str]) -> np.ndarray:
    """bool [V]: whether a piece begins a word; a Unigram piece of Chinese inside a sentence counts as if it did not."""
    return np.array(surfaces(tokens).begin_word, dtype=bool)


def word_forms(tokens: Sequence[str]) -> list[str | None]:
    """The word that each token may be as a whole, None for a piece of one and for a bare mark.

    A whole word is a piece that begins one. Where spaces mark the beginning (SentencePiece, byte-level), so is a piece
    without the mark that is all in scripts without spaces, unless the vocabulary has it with the mark too: inside a
    sentence nothing else stands for the word. In other scripts such a piece continues a word (`ria` of `▁Ma ria`).
    """
    texts, begin_word = surfaces(tokens)
    if convention(tokens) == WORDPIECE:
        return [text if text and begins else None for text, begins in zip(texts, begin_word, strict=True)]
    marked = {text for text, begins in zip(texts, begin_word, strict=True) if begins}

    def is_whole(text: str, begins: bool) -> bool:
        return begins or (text not in marked and is_unspaced(text))

    return [text if text and is_whole(text, begins) else None for text, begins in zip(texts, begin_word, strict=True)]


def readable(tokens: Sequence[str]) -> list[str]:
    """The tokens as in the vocabulary, those of a byte-level tokenizer as text."""
    if convention(tokens) != BYTE_LEVEL:
        return list(tokens)
    decoder = decoders.ByteLevel()
    return [decoder.decode([token]) for token in tokens]


def convention(tokens: Sequence[str]) -> str:
    """The mark that most tokens begin with; a letter may stand for a mark by chance."""
    counts = {mark: sum(token.startswith(mark) for token in tokens) for mark in (SENTENCEPIECE, WORDPIECE, BYTE_LEVEL)}
    return max(counts, key=counts.__getitem__) if any(counts.values()) else WORDPIECE
