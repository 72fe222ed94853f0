"""What a token is by its text alone: an ordinary one or not, the beginning of a word or not, of which script."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from fontTools import unicodedata

from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.vocabulary import UNUSED

WORD_START = "▁"  # SentencePiece marks the pieces that begin a word, WordPiece (##) those that do not
_NO_SCRIPT = ("Zyyy", "Zinh", "Zzzz")  # common (digits, punctuation, the marks above), inherited, unknown


def ordinary(partition: VocabularyPartition) -> np.ndarray:
    """bool [V]: the tokens that a grouping is free to place, neither dropped nor special nor reserved (`[unused1]`)."""
    free = partition.group_of >= 0
    free[list(partition.special_ids)] = False
    free[[i for i, token in enumerate(partition.tokens) if UNUSED.fullmatch(token)]] = False
    return free


def word_initial(tokens: Sequence[str]) -> np.ndarray:
    """bool [V]: whether a piece begins a word; a Unigram piece of Chinese inside a sentence counts as if it did not."""
    if any(token.startswith(WORD_START) for token in tokens):
        return np.array([token.startswith(WORD_START) for token in tokens])
    return np.array([not token.startswith("##") for token in tokens])


def whole_words(partition: VocabularyPartition) -> dict[int, str]:
    """Ordinary token -> the word that it would be, for those that may be a whole word: that begin one, or are Chinese.

    Chinese marks no word boundaries, so that a Unigram piece inside a sentence may be a whole word.
    """
    initial = word_initial(partition.tokens)
    may_be = (i for i in np.flatnonzero(ordinary(partition)).tolist() if initial[i] or _is_chinese(partition.tokens[i]))
    return {i: partition.tokens[i].removeprefix(WORD_START) for i in may_be}


def _is_chinese(token: str) -> bool:
    return all("一" <= character <= "鿿" for character in token)


def scripts(tokens: Sequence[str]) -> np.ndarray:
    """int [V]: a number for the Unicode script of each token's first character that has one; -1 where none has.

    Japanese is written in three scripts (Hani, Hira, Kana), and they count as three.
    """
    number: dict[str, int] = {}
    found = ((_script(character) for character in token) for token in tokens)
    names = (next((name for name in of_token if name), None) for of_token in found)
    return np.array([-1 if name is None else number.setdefault(name, len(number)) for name in names], dtype=np.int64)


@cache
def _script(character: str) -> str | None:
    """The ISO 15924 code of a character's script; None for characters that belong to no script of their own."""
    code = unicodedata.script(character)
    return None if code in _NO_SCRIPT else code
