"""Information-aware K-Means on a toy table of three languages: its two ends, its objective, the bits that it counts."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from semantic_tokens.analysis.information import measure_information
from semantic_tokens.errors import InputError
from semantic_tokens.grouping.group import group
from semantic_tokens.grouping.inputs import GroupingInputs
from semantic_tokens.grouping.kmeans import information_kmeans as module
from semantic_tokens.grouping.kmeans.information_kmeans import information_kmeans
from semantic_tokens.grouping.kmeans.spherical_kmeans import spherical_kmeans
from semantic_tokens.grouping.vocabulary import Vocabulary
from support.toy_groups import CONDITION

LANGUAGES, CONCEPTS, SHARED = 3, 80, 20


def toy(seed=0):
    """Words for the same concepts in three languages, alike by meaning and, less so, by language; some words that all
    three have, and some that occur nowhere. Their frequencies fall as those of words do."""
    random = np.random.default_rng(seed)
    concepts, languages = random.normal(size=(CONCEPTS, 12)), random.normal(size=(LANGUAGES, 12))
    words = [concepts + languages[i] + 0.3 * random.normal(size=(CONCEPTS, 12)) for i in range(LANGUAGES)]
    table = np.concatenate([random.normal(size=(1, 12)), *words, random.normal(size=(SHARED + 10, 12))])
    counts = np.zeros((LANGUAGES, len(table)), np.int64)
    zipf = 1000 // np.arange(1, CONCEPTS + 1)
    for i in range(LANGUAGES):
        counts[i, 1 + i * CONCEPTS : 1 + (i + 1) * CONCEPTS] = random.permutation(zipf)
    counts[:, 1 + LANGUAGES * CONCEPTS :][:, :SHARED] = random.integers(1, 200, (LANGUAGES, SHARED))
    counts[:, 0] = 500  # the special token
    share = counts / counts.sum(axis=1, keepdims=True)
    of_token = np.where(counts.sum(axis=0) > 0, share.argmax(axis=0), -1)
    tokens = Vocabulary(tuple(f"t{i}" for i in range(len(table))), (0,), (), "unigram")
    return GroupingInputs(torch.from_numpy(table.astype(np.float32)), tokens, 91, of_token, seed, token_counts=counts)


def grouped(inputs, bit_cost, **more):
    return group("kmeans-information", inputs, max_iterations=50, bit_cost=bit_cost, **more)


def bits_lost(inputs, partition):
    return measure_information(CONDITION, partition, inputs.token_counts, 0).bits_lost


def mean_cosine(partition):
    return float(np.delete(partition.cosine_to_centroid, partition.special_ids).mean())


@pytest.mark.parametrize("weights", ["even", "frequency"])
def test_where_bits_cost_nothing_it_is_kmeans_bit_for_bit(weights):
    inputs = toy()
    free = grouped(inputs, 0, weights=weights)
    plain = group("kmeans-cosine", inputs, max_iterations=50, weights=weights)
    assert np.array_equal(free.group_of, plain.group_of)
    assert np.array_equal(free.cosine_to_centroid, plain.cosine_to_centroid)


@pytest.mark.parametrize("seed", range(3))
def test_where_bits_are_dear_it_loses_no_more_than_the_stratified_control(seed):
    inputs = toy(seed)
    dear, control = grouped(inputs, 1e6), group("random-stratified", inputs)
    assert 0 < bits_lost(inputs, dear) <= bits_lost(inputs, control)
    assert bits_lost(inputs, dear) < 0.2 * bits_lost(inputs, grouped(inputs, 0))


def test_between_its_ends_it_gives_cosine_for_bits():
    inputs = toy()
    found = [grouped(inputs, cost) for cost in (0, 0.1, 1, 1e6)]
    bits, cosines = [bits_lost(inputs, made) for made in found], [mean_cosine(made) for made in found]
    assert bits == sorted(bits, reverse=True) and bits[1] < 0.8 * bits[0]
    assert cosines == sorted(cosines, reverse=True)
    assert cosines[1] > 0.95 * cosines[0] > cosines[3]


def test_the_bits_that_it_counts_are_those_of_the_analysis():
    inputs = toy()
    for cost in (0, 0.05, 1e6):
        made = grouped(inputs, cost)
        assert made.details["bits_lost"] == pytest.approx(bits_lost(inputs, made), abs=1e-9)
        assert made.details["bit_cost"] == cost


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 40), st.floats(0.001, 10), st.booleans())
def test_the_objective_never_worsens_and_no_group_is_emptied(seed, k, bit_cost, weighted):
    random = np.random.default_rng(seed)
    rows = torch.from_numpy(random.normal(size=(60, 6)).astype(np.float32))
    counts = random.poisson(random.gamma(0.3, 20, (2, 60)))
    counts[:, 0] += 1
    weights = torch.from_numpy(random.uniform(0.5, 5, 60)) if weighted else None
    start = spherical_kmeans(rows, k, seed=seed, max_iterations=3, weights=weights)
    found = information_kmeans(rows, start, counts, bit_cost, max_iterations=30, weights=weights)
    assert (np.diff(found.objective) >= -1e-12).all() and len(found.objective) > 1
    assert torch.bincount(found.clusters.assignment, minlength=k).min() > 0
    assert found.objective[-1] == pytest.approx(objective(rows, found.clusters.assignment, counts, bit_cost, weights))


def objective(rows, assignment, counts, bit_cost, weights):
    """By hand, from the definition."""
    unit = torch.nn.functional.normalize(rows.double(), dim=1)
    worth = torch.ones(len(rows), dtype=torch.float64) if weights is None else weights
    sums = torch.zeros(int(assignment.max()) + 1, rows.shape[1], dtype=torch.float64)
    sums.index_add_(0, assignment, unit * worth[:, None])
    cosine = float(sums.norm(dim=1).sum() / worth.sum())
    entropies = []
    for own in counts[counts.sum(axis=1) > 0]:
        by_group = np.bincount(assignment.numpy(), weights=own)
        entropies.append([-(p[p > 0] * np.log2(p[p > 0])).sum() for p in (own / own.sum(), by_group / own.sum())])
    return cosine - bit_cost * float(np.subtract(*np.mean(entropies, axis=0)))


def test_a_row_may_join_a_group_that_is_not_among_its_nearest(monkeypatch):
    """Two groups, all rows nearest to one of them: only the group that their language uses least can take a word."""
    monkeypatch.setattr(module, "CANDIDATES", 1)
    rows = torch.tensor([[1.0, 0.01 * i] for i in range(4)] + [[-1.0, 0.0]])
    counts = np.array([[10, 10, 10, 10, 0]])
    start = spherical_kmeans(rows, 2, seed=0, max_iterations=10, init=rows[[0, 4]])
    assert start.assignment.tolist() == [0, 0, 0, 0, 1]
    found = information_kmeans(rows, start, counts, 100, max_iterations=10)
    assert sorted(np.bincount(found.clusters.assignment[:4]).tolist()) == [2, 2] and found.bits_lost == pytest.approx(1)


def test_it_needs_counts():
    with pytest.raises(InputError, match="'kmeans-information' needs counts of the tokens"):
        grouped(replace(toy(), token_counts=None), 0.1)
