"""Group measures: by hand, against counting pair by pair, and on both kinds of tokenizer."""

from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semantic_tokens import tables
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.report import groups

TOKENS = ("[PAD]", "dog", "cat", "perro", "gato", "##ly", "bank", "xyz", "no")
WORDS = pa.Table.from_pylist(
    [
        {"lang": lang, "word": word, "concept": concept, "class": "any"}
        for lang, word, concept in [
            *(("en", "dog", "DOG"), ("en", "cat", "CAT"), ("es", "perro", "DOG"), ("es", "gato", "CAT")),
            *(("en", "bank", "RIVER"), ("es", "bank", "MONEY"), ("en", "no", "NO"), ("es", "no", "NO")),
        ]
    ],
    tables.SCHEMAS["word_concepts"],
)


def partition(group_of):
    group_of = np.array(group_of, np.int32)
    return VocabularyPartition(group_of, TOKENS, np.ones(len(TOKENS), np.float32), "kmeans-cosine", (0,))


def test_groups_by_hand():
    # {[PAD]} {dog cat perro ##ly} {gato bank xyz no}; bank is ambiguous, xyz no word, ##ly no whole word.
    found = groups.measure("a/b", partition([0, 1, 1, 1, 2, 1, 2, 2, 2]), groups.meanings(WORDS))
    assert (found.groups, found.tokens, found.dropped_tokens) == (3, 9, 0)
    assert (found.mean_size, found.median_size, found.largest_size) == (3, 4, 4)
    assert (found.largest_share, found.mixed_share) == (pytest.approx(4 / 9), pytest.approx(1 / 3))
    assert (found.judged_tokens, found.ambiguous_tokens) == (5, 1)
    # Same group: dog-cat (en), dog-perro, cat-perro (across), gato-no (es). Same concept: dog-perro, cat-gato (across).
    assert (found.pairs, found.cross_language_share) == (4, 0.5)
    assert (found.pair_precision, found.pair_recall) == (1 / 4, 1 / 2)
    assert (found.precision_within, found.recall_within) == (0, None)
    assert (found.precision_across, found.recall_across) == (1 / 2, 1 / 2)


def test_groups_of_the_right_words_score_one():
    found = groups.measure("a/b", partition([0, 1, 2, 1, 2, 3, 4, 5, 6]), groups.meanings(WORDS))
    assert (found.v_measure, found.pair_precision, found.pair_recall) == (pytest.approx(1), 1, 1)


def test_groups_of_first_k_drop_tokens_and_have_no_pairs(tmp_path):
    found = groups.measure("a/b", partition([0, 1, 2, 3, -1, -1, -1, -1, -1]), groups.meanings(WORDS))
    assert (found.groups, found.tokens, found.dropped_tokens, found.judged_tokens) == (4, 4, 5, 3)
    assert (found.pairs, found.pair_precision, found.pair_recall) == (0, None, 0)
    groups.write([found], tmp_path / "groups.csv")
    assert groups.read(tmp_path / "groups.csv") == [found]


def test_unigram_pieces_are_words_where_they_start_one_or_are_chinese():
    tokens = ("<s>", "▁dog", "dog", "狗", "▁狗", "▁")
    words = {"dog": groups.Meaning("DOG", frozenset({"en"})), "狗": groups.Meaning("DOG", frozenset({"zh"}))}
    ids = np.arange(6, dtype=np.int32)
    found = groups.measure("a/b", VocabularyPartition(ids, tokens, np.ones(6, np.float32), "random", (0,)), words)
    assert found.judged_tokens == 3


@given(st.lists(st.tuples(st.integers(0, 3), st.frozensets(st.sampled_from("abc"), min_size=1)), max_size=12))
def test_pairs_counted_from_tables_are_the_pairs_one_by_one(tokens):
    same = [(a[1], b[1]) for a, b in combinations(tokens, 2) if a[0] == b[0]]
    within = sum(bool(a & b) for a, b in same)
    cells = np.array([cell for cell, _ in tokens], dtype=np.int64)
    assert groups.pair_counts(cells, [languages for _, languages in tokens]) == (within, len(same) - within)
