"""InfoNCE against an explicit loop, and how languages are sampled."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from semantic_tokens.alignment.infonce import KnownPairs, batches, info_nce


def slow_info_nce(table, a, b, positives, temperature) -> float:
    def cosine(i, j):
        return float(table[i] @ table[j] / (table[i].norm() * table[j].norm()))

    def is_negative(i, j):
        return i != j and frozenset((i, j)) not in positives

    total = 0.0
    for i, j in zip(a, b, strict=True):
        for one, other, side in ((i, j, b), (j, i, a)):
            against = [cosine(one, k) / temperature for k in side if is_negative(one, k)]
            own = cosine(one, other) / temperature
            total += math.log(math.exp(own) + sum(math.exp(score) for score in against)) - own
    return total / (2 * len(a))


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=12), st.integers(0, 99))
def test_loss_equals_the_explicit_loop(edges, seed):
    edges = [edge for edge in edges if edge[0] != edge[1]] or [(0, 1)]
    table = torch.from_numpy(np.random.default_rng(seed).normal(size=(7, 4)))
    a, b = torch.tensor(edges).T
    known = KnownPairs(a, b, 7)
    batch = torch.arange(0, len(edges), 2)  # the others are known positives outside the batch
    found = info_nce(table[a[batch]], table[b[batch]], known.masked(a[batch], b[batch]), 0.3)
    expected = slow_info_nce(table, a[batch].tolist(), b[batch].tolist(), {frozenset(edge) for edge in edges}, 0.3)
    assert float(found) == pytest.approx(expected, abs=1e-9)
    again = known.masked(a[batch], b[batch])
    assert torch.equal(again, known.masked(a[batch], b[batch]))


def test_language_sampling():
    language_pair = np.repeat([0, 1], [90, 10])
    drawn = np.concatenate(list(batches(language_pair, 1.0, 32, seed=0, epoch=0)))
    assert sorted(drawn.tolist()) == list(range(100))
    even = list(batches(language_pair, 0.0, 32, seed=0, epoch=0))
    assert [len(batch) for batch in even] == [32, 32, 32, 4]
    counts = np.bincount(np.concatenate(even), minlength=100)
    assert counts[:90].max() == 1 and counts[:90].sum() == 50 and counts[90:].tolist() == [5] * 10
    other = np.concatenate(list(batches(language_pair, 1.0, 32, seed=0, epoch=1)))
    assert not np.array_equal(drawn, other)
