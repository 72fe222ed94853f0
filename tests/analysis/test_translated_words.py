"""Words that share a group with a translation, by hand and against random groups."""

import numpy as np
import pyarrow as pa
import pytest

from semantic_tokens import tables
from semantic_tokens.analysis.translated_words import concepts_of, measure_translated_words
from semantic_tokens.grouping.partition import VocabularyPartition
from support.toy_groups import CONDITION

TOKENS = ("<s>", "▁dog", "▁perro", "▁cat", "▁gato", "▁no", "▁狗", "狗", "▁radio", "##")
WORDS = [
    *(("en", "dog", "DOG"), ("es", "perro", "DOG"), ("zh", "狗", "DOG")),
    *(("en", "cat", "CAT"), ("es", "gato", "CAT"), ("es", "felino", "CAT"), ("en", "no", "NO"), ("es", "no", "NO")),
    *(("en", "radio", "RADIO"), ("es", "radio", "RADIO"), ("en", "tomahto", "TOMATO")),
]


def concepts(words=WORDS):
    rows = [{"lang": lang, "word": word, "concept": concept, "class": "any"} for lang, word, concept in words]
    return concepts_of(pa.Table.from_pylist(rows, tables.SCHEMAS["word_concepts"]))


def partition(groups, tokens=TOKENS):
    cosines = np.ones(len(tokens), np.float32)
    return VocabularyPartition(np.array(groups, np.int32), tuple(tokens), cosines, "kmeans-cosine", (0,))


def test_by_hand():
    # dog is with perro, 狗 with cat, gato alone; 狗 without the mark is no word where there is one with it.
    found = list(measure_translated_words(CONDITION, partition([0, 1, 1, 2, 3, 4, 2, 5, 4, 4]), concepts(), 0))
    assert [(f.lang, f.words, f.one_token, f.translatable, f.found) for f in found] == [
        ("en", 5, 4, 2, 0.5),  # no and radio translate as themselves alone; tomahto is no token
        ("es", 5, 4, 2, 0.5),  # felino is no token
        ("zh", 1, 1, 1, 0),
        ("", 11, 9, 5, pytest.approx(2 / 5)),
    ]


def test_a_word_counts_once_however_many_translations_are_with_it():
    found = list(measure_translated_words(CONDITION, partition([0, 1, 1, 2, 3, 4, 1, 5, 5, 5]), concepts(), 0))
    assert {f.lang: f.found for f in found} == {"en": 0.5, "es": 0.5, "zh": 1, "": pytest.approx(3 / 5)}


def test_random_groups_of_the_same_sizes_stand_beside():
    n = 400
    words = [(lang, f"{lang}{i}", str(i)) for i in range(n) for lang in ("en", "es")]
    tokens = ("<s>", *(f"▁{word}" for _, word, _ in words))
    groups = [0, *(1 + i // 4 for i in range(2 * n))]  # of two concepts each
    whole = list(measure_translated_words(CONDITION, partition(groups, tokens), concepts(words), 3))[-1]
    assert (whole.translatable, whole.found) == (2 * n, 1)
    assert whole.random_found == pytest.approx(3 / (2 * n - 1), abs=0.01)


def test_without_a_translatable_word_there_is_no_share():
    found = list(measure_translated_words(CONDITION, partition(range(10)), concepts([("en", "dog", "DOG")]), 0))
    assert [(f.translatable, f.found, f.random_found) for f in found] == [(0, None, None)] * 2
