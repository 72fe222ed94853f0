"""Sizes by hand and at the extremes."""

import numpy as np
import pytest

from semantic_tokens.analysis.sizes import measure_sizes
from semantic_tokens.grouping.partition import VocabularyPartition


def sized(*sizes, dropped=0):
    group_of = np.repeat(np.arange(-1, len(sizes)), [dropped, *sizes]).astype(np.int32)
    return measure_sizes(VocabularyPartition(group_of, ("t",) * len(group_of), np.ones(len(group_of), np.float32), "x"))


def test_sizes_by_hand():
    found = sized(1, 7, 2, dropped=3)
    assert (found.groups, found.tokens, found.dropped_tokens) == (3, 10, 3)
    assert (found.mean_size, found.median_size, found.largest_size) == (pytest.approx(10 / 3), 2, 7)
    assert (found.largest_share, found.largest_percent_share) == (0.7, 0.7)
    # Mean absolute difference over all ordered pairs (6 + 5 + 1) * 2 / 9, halved, over the mean.
    assert found.gini == pytest.approx(24 / 9 / 2 / (10 / 3))


def test_even_groups_have_gini_0_and_one_giant_nearly_1():
    assert sized(*[4] * 50).gini == pytest.approx(0)
    assert sized(*[1] * 99, 100_000).gini > 0.98


def test_the_largest_percent_is_rounded_up():
    assert sized(*[1] * 100, 20).largest_percent_share == pytest.approx(21 / 120)  # 2 of 101 groups
    assert sized(*[1] * 99, 21).largest_percent_share == pytest.approx(21 / 120)  # 1 of 100
