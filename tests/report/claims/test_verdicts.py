"""How often noise alone decides: a sentence of many comparisons, and whether a task can lose at all."""

import numpy as np
import pytest

from semantic_tokens.report.claims.arithmetic import at_least
from semantic_tokens.report.claims.scores import Value
from semantic_tokens.report.claims.verdicts import FAILS, HOLDS, can_lose, decide

TABLES = 2000


def values(rng, seeds, n, spread=0.02):
    """n means of as many seeds of the same true score, with the standard errors that they show."""
    drawn = 0.7 + spread * rng.standard_normal((n, seeds))
    errors = drawn.std(1, ddof=1) / np.sqrt(seeds)
    return [Value(float(mean), seeds, float(error)) for mean, error in zip(drawn.mean(1), errors)]


def differences(rng, seeds, n):
    """n comparisons "a is at least b" of scores that are equal in truth."""
    pairs = zip(values(rng, seeds, n), values(rng, seeds, n), strict=True)
    return [at_least("", (a.score - b.score, float(np.hypot(a.error, b.error))), 0.0) for a, b in pairs]


@pytest.mark.parametrize("comparisons", [1, 5, 20, 40])
@pytest.mark.parametrize("seeds", [3, 5])
def test_noise_alone_fails_a_sentence_as_rarely_however_many_comparisons_it_makes(seeds, comparisons):
    rng = np.random.default_rng(seeds)
    found = [decide(differences(rng, seeds, comparisons), seeds).verdict for _ in range(TABLES)]
    assert found.count(FAILS) / TABLES <= 0.07
    assert comparisons == 1 or found.count(HOLDS) / TABLES <= 0.01


def test_what_is_far_off_fails_however_many_comparisons_hold():
    fine = [at_least("", (0.2, 0.01), 0.0)] * 39
    assert decide([*fine, at_least("", (-0.2, 0.01), 0.0)], 3).verdict == FAILS
    assert decide(fine, 3).verdict == HOLDS


def test_of_printed_numbers_the_smallest_shortfall_fails():
    assert decide([at_least("", (-0.001, 0.0), 0.0)] + [at_least("", (1.0, 0.0), 0.0)] * 20, None).verdict == FAILS


@pytest.mark.parametrize("seeds", [2, 3, 5])
@pytest.mark.parametrize("conditions", [2, 5, 15])
def test_noise_alone_seldom_looks_like_a_loss(seeds, conditions):
    rng = np.random.default_rng(seeds)
    found = sum(can_lose(values(rng, seeds, conditions, 0.03)) for _ in range(TABLES))
    assert found / TABLES <= 0.07
