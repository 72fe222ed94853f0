"""Sentences that are given as words: their token ids, and the word that each token belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import pyarrow as pa
from tokenizers import Encoding, Tokenizer

from semantic_tokens.fine_tuning.encoding import TEXTS_AT_A_TIME

_SAMPLE = ["one", "two"]


@dataclass(frozen=True)
class EncodedWords:
    """Token ids of a sentence, no special tokens; for each the number of its word, None for a token of none."""

    ids: list[int]
    words: list[int | None]


def encoded_words(tokenizer: Tokenizer, sentences: pa.ChunkedArray) -> Iterator[EncodedWords]:
    """Each sentence (a list of words) as the tokenizer reads it in running text.

    Where a blank is part of a token, as in byte-level BPE, a word given alone would lose it: there the words are joined
    by blanks, and a token belongs to the word in which it begins.
    """
    alone = reads_words_alone(tokenizer)
    for start in range(0, len(sentences), TEXTS_AT_A_TIME):
        batch = sentences.slice(start, TEXTS_AT_A_TIME).to_pylist()
        given = batch if alone else [" ".join(words) for words in batch]
        found = tokenizer.encode_batch(given, is_pretokenized=alone, add_special_tokens=False)
        for words, encoding in zip(batch, found, strict=True):
            yield EncodedWords(encoding.ids, encoding.word_ids if alone else _words_by_place(words, encoding))


def reads_words_alone(tokenizer: Tokenizer) -> bool:
    """Whether the words of a sentence give the same tokens as its text."""
    tokenizer.no_padding()
    tokenizer.no_truncation()
    alone = tokenizer.encode(_SAMPLE, is_pretokenized=True, add_special_tokens=False)
    return alone.ids == tokenizer.encode(" ".join(_SAMPLE), add_special_tokens=False).ids


def _words_by_place(words: list[str], encoding: Encoding) -> list[int | None]:
    """The word of each token: the one that holds its first character other than a blank."""
    places = [*chain.from_iterable([*([i] * len(word)), None] for i, word in enumerate(words))]
    return [next((place for place in places[start:end] if place is not None), None) for start, end in encoding.offsets]
