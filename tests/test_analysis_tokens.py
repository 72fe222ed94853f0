"""Scripts by hand, in both kinds of vocabulary, and which tokens a grouping is free to place."""

import numpy as np

from semantic_tokens.analysis import tokens
from semantic_tokens.grouping.partition import VocabularyPartition


def test_scripts_by_hand():
    latin, cyrillic, han, arabic, hiragana = range(5)
    found = {
        **{"dog": latin, "##ly": latin, "▁é": latin, "собака": cyrillic, "##ка": cyrillic, "狗": han, "كلب": arabic},
        **{"犬の": han, "の": hiragana, "1990s": latin, "1990": -1, "##.": -1, "▁": -1, "́": -1},
    }
    assert tokens.scripts(list(found)).tolist() == list(found.values())


def test_word_beginnings_of_both_kinds_of_vocabulary():
    assert tokens.word_initial(["a", "##a", "#"]).tolist() == [True, False, True]
    assert tokens.word_initial(["▁a", "a", "##"]).tolist() == [True, False, False]


def test_ordinary_tokens_are_neither_special_nor_unused_nor_dropped():
    names = ("[PAD]", "[unused1]", "[unused2]", "a", "b")
    partition = VocabularyPartition(np.array([0, 1, 1, 2, -1], np.int32), names, np.ones(5, np.float32), "x", (0,))
    assert tokens.ordinary(partition).tolist() == [False, False, False, True, False]
