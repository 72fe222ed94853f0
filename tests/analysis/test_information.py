"""Bits lost by hand, and what costs nothing."""

import numpy as np
import pytest

from semantic_tokens.analysis.information import entropy, lost, measure_information
from semantic_tokens.grouping.partition import VocabularyPartition
from support.toy_groups import CONDITION


def test_entropy_by_hand():
    assert entropy(np.array([1, 1, 1, 1])) == 2
    assert entropy(np.array([2, 1, 1, 0])) == 1.5
    assert entropy(np.array([7])) == 0


def test_what_two_groups_of_four_equal_tokens_hide_is_one_bit():
    bits, displaced = lost(np.array([5, 5, 5, 5]), np.array([0, 0, 1, 1]))
    assert (bits, displaced) == (1, 0.5)


def test_the_rarer_members_are_displaced():
    bits, displaced = lost(np.array([6, 2, 0, 8]), np.array([0, 0, 0, 1]))
    assert displaced == 2 / 16
    assert bits == pytest.approx(entropy(np.array([6, 2, 8])) - 1)


def test_groups_across_languages_hide_nothing_within_one():
    """Four tokens, two a language; joined across languages nothing is lost, within a language everything."""
    counts = np.array([[9, 3, 3, 0, 0], [9, 0, 0, 1, 1]])  # the first is special
    tokens = ("[PAD]", "a", "b", "c", "d")

    def of(groups):
        partition = VocabularyPartition(np.array(groups, np.int32), tokens, np.ones(5, np.float32), "x", (0,))
        return measure_information(CONDITION, partition, counts, seed=0)

    across, within = of([0, 1, 2, 1, 2]), of([0, 1, 1, 2, 2])
    assert (across.bits, across.bits_lost, across.displaced) == (1, 0, 0)
    assert (within.bits, within.bits_lost, within.displaced) == (1, 1, 0.5)


def test_random_groups_of_the_same_sizes_are_measured_too():
    n = 400
    counts = np.zeros((2, n + 1), np.int64)
    counts[0, 1 : n // 2 + 1] = counts[1, n // 2 + 1 :] = 1
    groups = np.concatenate([[0], 1 + np.arange(n) // 2]).astype(np.int32)  # pairs of one language
    tokens = ("[PAD]", *(f"t{i}" for i in range(n)))
    partition = VocabularyPartition(groups, tokens, np.ones(n + 1, np.float32), "x", (0,))
    found = measure_information(CONDITION, partition, counts, seed=3)
    assert found.bits_lost == pytest.approx(1) and found.displaced == pytest.approx(0.5)
    assert 0.35 < found.random_bits_lost < 0.65, "half of the random pairs are of one language"


def test_a_language_without_text_does_not_count():
    partition = VocabularyPartition(
        np.array([0, 1, 1], np.int32), ("[PAD]", "a", "b"), np.ones(3, np.float32), "x", (0,)
    )
    found = measure_information(CONDITION, partition, np.array([[0, 4, 4], [5, 0, 0]]), seed=0)
    assert (found.bits, found.bits_lost) == (1, 1)
