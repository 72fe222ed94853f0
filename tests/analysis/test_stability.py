"""Stability against scikit-learn's definition at the extremes, and without the tokens that cannot move."""

import numpy as np
import pytest

from semantic_tokens.analysis.stability import measure_stability
from semantic_tokens.grouping.partition import VocabularyPartition
from support.toy_groups import CONDITION


def partition(groups, special=()):
    tokens = tuple(f"t{i}" for i in range(len(groups)))
    return VocabularyPartition(np.array(groups, np.int32), tokens, np.ones(len(tokens), np.float32), "x", special)


def test_renumbered_groups_are_the_same_groups():
    found = measure_stability(CONDITION, [0, 3], [partition([0, 0, 1, 1, 2]), partition([2, 2, 0, 0, 1])])
    assert (found.condition, found.seeds, found.ari) == (CONDITION, "0+3", 1)


def test_the_mean_is_over_every_pair_of_seeds():
    one, other = [0, 0, 1, 1], [0, 1, 0, 1]
    found = measure_stability(CONDITION, [0, 1, 2], [partition(one), partition(one), partition(other)])
    # The two cross: no pair of tokens in common. ARI = (0 - 2 * 2 / 6) / (2 - 2 * 2 / 6) = -0.5.
    assert (found.ari_least, found.ari_greatest, found.ari) == (pytest.approx(-0.5), 1, pytest.approx(0))


def test_random_groupings_agree_by_chance_and_special_tokens_do_not_help():
    rng = np.random.default_rng(0)
    special = tuple(range(500))
    partitions = [partition([*special, *(500 + rng.permutation(np.arange(1000) % 20))], special) for _ in range(2)]
    assert measure_stability(CONDITION, [0, 1], partitions).ari == pytest.approx(0, abs=0.02)
