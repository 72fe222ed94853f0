"""Scripts by hand, in both kinds of vocabulary, and which tokens a grouping is free to place."""

import numpy as np

from semantic_tokens.analysis import tokens
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.surface import word_forms, word_initial


def test_scripts_by_hand():
    latin, cyrillic, han, arabic, hiragana = range(5)
    found = {
        **{"dog": latin, "##ly": latin, "▁é": latin, "собака": cyrillic, "##ка": cyrillic, "狗": han, "كلب": arabic},
        **{"犬の": han, "の": hiragana, "1990s": latin, "1990": -1, "##.": -1, "▁": -1, "́": -1},
    }
    assert tokens.scripts(list(found)).tolist() == list(found.values())


def test_word_beginnings_of_both_kinds_of_vocabulary():
    assert word_initial(["a", "##a", "#"]).tolist() == [True, False, True]
    assert word_initial(["▁a", "a", "##"]).tolist() == [True, False, False]


def test_whole_words_of_each_kind_of_vocabulary():
    """A bare piece is a word only where spaces mark the beginning of words, its script has none, and it has no twin."""
    sentencepiece = ["▁dog", "▁", "ing", "犬", "ラーメン", "人々", "▁ที่", "ที่", "T恤", "▁1", "1", "물", "▁물"]
    words = ["dog", None, None, "犬", "ラーメン", "人々", "ที่", None, None, "1", None, None, "물"]
    assert word_forms(sentencepiece) == words
    assert word_forms(["dog", "##s", "犬", "##犬", "▁"]) == ["dog", None, "犬", None, "▁"]
    assert word_forms(["Ġdog", "Ġ", "s", "ĠçĬ¬", "çĬ¬", "Ġcat"]) == ["dog", None, None, "犬", None, "cat"]


def test_ordinary_tokens_are_neither_special_nor_unused_nor_dropped():
    names = ("[PAD]", "[unused1]", "[unused2]", "a", "b")
    partition = VocabularyPartition(np.array([0, 1, 1, 2, -1], np.int32), names, np.ones(5, np.float32), "x", (0,))
    assert tokens.ordinary(partition).tolist() == [False, False, False, True, False]


def test_a_piece_that_is_also_there_with_the_mark_is_one_word():
    assert word_forms(["▁ที่", "ที่", "的", "▁dog", "dog"]) == ["ที่", None, "的", "dog", None]
