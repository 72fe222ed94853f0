"""The groups of keywords: by cosine, the keyword among them."""

import numpy as np

from semantic_tokens.analysis.keywords import members_of_keywords, tokens_of_words
from semantic_tokens.grouping.partition import VocabularyPartition
from support.toy_groups import CONDITION

TOKENS = ("<s>", "▁tomato", "▁tomate", "tomat", "!", "▁I", "I", "▁60")
COSINES = np.array([1, 0.7, 0.9, 0.7, 0.5, 0.8, 0.2, 1], np.float32)


def partition(groups):
    return VocabularyPartition(np.array(groups, np.int32), TOKENS, COSINES, "kmeans-cosine", (0,))


def test_members_are_ordered_by_cosine_and_of_equals_by_id():
    found = list(members_of_keywords(CONDITION, partition([0, 1, 1, 1, 2, 2, 3, 3]), ["tomato", "I"]))
    assert [(m.keyword, m.rank, m.token, m.cosine) for m in found] == [
        *(("tomato", 1, "▁tomate", 0.9), ("tomato", 2, "▁tomato", 0.7), ("tomato", 3, "tomat", 0.7)),
        *(("I", 1, "▁I", 0.8), ("I", 2, "!", 0.5)),
    ]
    assert [m.token_id for m in found] == [2, 1, 3, 5, 4] and {m.condition for m in found} == {CONDITION}


def test_a_word_is_the_token_that_begins_one_and_else_the_one_inside():
    assert tokens_of_words(TOKENS, ["I", "!", "60", "potato"]) == {"I": 5, "!": 4, "60": 7}


def test_a_keyword_that_is_no_token_or_was_dropped_has_no_group():
    dropped = partition([0, 1, 1, -1, 1, 1, 1, 1])
    assert [m.keyword for m in members_of_keywords(CONDITION, dropped, ["potato", "tomat"])] == []
