"""What a token is by its text alone: an ordinary one or not, a whole word or not, of which script."""

from collections.abc import Sequence

import numpy as np

from semantic_tokens import scripts as writing
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.surface import word_forms
from semantic_tokens.grouping.vocabulary import UNUSED


def ordinary(partition: VocabularyPartition) -> np.ndarray:
    """bool [V]: the tokens that a grouping is free to place, neither dropped nor special nor reserved (`[unused1]`)."""
    free = partition.group_of >= 0
    free[list(partition.special_ids)] = False
    free[[i for i, token in enumerate(partition.tokens) if UNUSED.fullmatch(token)]] = False
    return free


def whole_words(partition: VocabularyPartition) -> dict[int, str]:
    """Ordinary token -> the word that it is, for those that may be a whole one (`word_forms`)."""
    forms, free = word_forms(partition.tokens), np.flatnonzero(ordinary(partition)).tolist()
    return {i: form for i in free if (form := forms[i])}


def scripts(tokens: Sequence[str]) -> np.ndarray:
    """int [V]: a number for the script of each token; -1 where none of its characters has one."""
    number: dict[str, int] = {}
    names = map(writing.of_text, tokens)
    return np.array([-1 if name is None else number.setdefault(name, len(number)) for name in names], dtype=np.int64)
