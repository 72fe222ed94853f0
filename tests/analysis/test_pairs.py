"""Pairs counted from tables against pairs one by one; the closed forms against random groupings."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semantic_tokens.analysis import pairs


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.frozensets(st.sampled_from("abc"), min_size=1)), max_size=12))
def test_pairs_counted_from_tables_are_the_pairs_one_by_one(tokens):
    same = [(a[1], b[1]) for a, b in combinations(tokens, 2) if a[0] == b[0]]
    within = sum(bool(a & b) for a, b in same)
    cells = np.array([cell for cell, _ in tokens], dtype=np.int64)
    assert pairs.pair_counts(cells, [languages for _, languages in tokens]) == (within, len(same) - within)


def test_chance_of_a_shared_group_is_the_mean_over_random_groupings():
    group_of = np.array([0, 0, 0, 0, 1, 1, 2, 3, 3, 3])
    # 6 + 1 + 0 + 3 of 45 pairs share a group.
    assert pairs.chance_of_a_shared_group(group_of) == pytest.approx(10 / 45)
    dealt = [pairs.shuffled_groups(group_of, seed) for seed in range(4000)]
    assert np.mean([groups[2] == groups[7] for groups in dealt]) == pytest.approx(10 / 45, abs=0.02)


def test_shuffled_groups_have_the_same_sizes_and_depend_on_the_seed_alone():
    group_of = np.repeat(np.arange(5), [1, 2, 3, 4, 50])
    dealt = pairs.shuffled_groups(group_of, 7)
    assert np.bincount(dealt).tolist() == [1, 2, 3, 4, 50]
    assert (dealt == pairs.shuffled_groups(group_of, 7)).all() and (dealt != pairs.shuffled_groups(group_of, 8)).any()


def test_one_token_has_no_pair():
    assert pairs.chance_of_a_shared_group(np.array([0])) is None


def test_f1():
    assert pairs.f1(0.5, 1.0) == pytest.approx(2 / 3)
    assert pairs.f1(0.0, 0.0) == 0
    assert pairs.f1(None, 1.0) is None and pairs.f1(1.0, None) is None
