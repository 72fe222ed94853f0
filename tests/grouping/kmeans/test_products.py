"""Scores in bfloat16: their error stays within its bound, and what it could decide is looked at again."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch.nn.functional import normalize

from semantic_tokens.grouping.kmeans import best, products
from semantic_tokens.grouping.kmeans.best import certain_best, first_best, maximum
from semantic_tokens.grouping.kmeans.lloyd import Clustering, rounding
from semantic_tokens.grouping.kmeans.products import Products, multiplies_halves


def state_of(points: torch.Tensor, k: int) -> Clustering:
    return Clustering(points, "cosine", points[:k].clone())


def unit_rows(n: int, dim: int, one_way: float = 0.0, seed: int = 0) -> torch.Tensor:
    """Unit rows that point one way the more, the larger `one_way`."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, dim)) / dim**0.5 + one_way * np.eye(dim)[0]
    return normalize(torch.from_numpy(rows.astype(np.float32)), dim=1)


@pytest.fixture(autouse=True)
def _halves(monkeypatch):
    monkeypatch.setattr(products, "multiplies_halves", lambda device: True)
    monkeypatch.setattr(Products, "_worth_it", lambda self, state: True)


def scores_and_error(state: Clustering) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Approximate scores [n, k], exact ones, and the bound [n]."""
    found = Products(state)
    centroids, error = found.renew(state)
    ids = torch.arange(len(state.points), device=state.points.device)
    approximate = found(ids, centroids, state.offsets).double() + found.shift.unsqueeze(1)
    exact = state.points.double() @ state.centroids.double().T
    return approximate, exact, error + rounding(state.length, state.norms.max())


cuda = pytest.param(
    "cuda", marks=[pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")]
)


@pytest.mark.parametrize("device", ["cpu", cuda])
@pytest.mark.parametrize("one_way", [0.0, 1.0, 5.0])
@pytest.mark.parametrize("dim", [3, 64, 768, 4096])
def test_the_error_stays_within_its_bound(dim, one_way, device):
    approximate, exact, bound = scores_and_error(state_of(unit_rows(300, dim, one_way).to(device), 100))
    apart = (approximate - exact).abs().amax(dim=1)
    assert (apart <= bound).all()
    assert (apart > 1e-6).any()  # they are approximations indeed


def test_the_bound_is_not_much_larger_than_the_error():
    """Opposite rows: their mean is 0, and in two dimensions errors add up. Two thirds of the bound would not do."""
    rows = unit_rows(1000, 2)
    approximate, exact, bound = scores_and_error(Clustering(torch.cat([rows, -rows]), "cosine", rows.clone()))
    assert 0.67 < float(((approximate - exact).abs().amax(dim=1) / bound).max()) <= 1


numbers = st.floats(-1, 1, width=16)


@settings(max_examples=200, deadline=None)
@given(arrays(np.float32, st.tuples(st.integers(1, 12), st.integers(1, 6)), elements=numbers))
def test_the_error_stays_within_its_bound_in_odd_tables(rows):
    points = normalize(torch.from_numpy(rows), dim=1)
    approximate, exact, bound = scores_and_error(state_of(points, len(points)))
    assert ((approximate - exact).abs().amax(dim=1) <= bound).all()


def test_rows_that_point_one_way_are_told_apart_better_than_their_length_allows():
    apart, alike = (scores_and_error(state_of(unit_rows(300, 64, way), 100))[2].max() for way in (0.0, 5.0))
    assert alike < apart / 3


values = st.sampled_from([-torch.inf, -1.5, -0.25, -0.0, 0.0, 0.25, 0.2519, 1.0])


@settings(max_examples=200, deadline=None)
@given(arrays(np.float32, st.tuples(st.integers(1, 4), st.integers(1, 5)), elements=values))
def test_the_maximum_of_halves_is_that_of_their_bits(scores):
    halves = torch.from_numpy(scores).bfloat16()
    assert torch.equal(maximum(halves), halves.amax(dim=-1))


@pytest.mark.parametrize("candidates", [0, 1, 4, 100])
@pytest.mark.parametrize("k", [1, 63, 64, 100, 200])
def test_the_best_is_that_of_the_exact_scores(k, candidates, monkeypatch):
    """By the candidates alone and, where they are too many, by all scores."""
    monkeypatch.setattr(best, "CANDIDATES", candidates)
    state = state_of(unit_rows(300, 8), k)
    state.centroids[k // 2] = state.centroids[0]  # a tie: the first
    exact = state.points @ state.centroids.T
    error = torch.full((300,), 0.01)
    generator = torch.Generator().manual_seed(0)
    approximate = exact + (2 * torch.rand(exact.shape, generator=generator) - 1) * 0.01
    near = torch.arange(k)
    index, score = certain_best(approximate, error, state, torch.arange(300), near)
    expected, expected_score = first_best(exact, state.length)
    assert torch.equal(index, expected)
    assert torch.allclose(score, expected_score, atol=1e-6)


@pytest.mark.parametrize("candidates", [0, 100])
def test_a_centroid_that_is_not_wanted_is_not_the_best(candidates, monkeypatch):
    monkeypatch.setattr(best, "CANDIDATES", candidates)
    points = torch.eye(3).repeat(2, 1)
    state = Clustering(points, "cosine", torch.eye(3).repeat(3, 1))
    approximate = points @ state.centroids.T
    approximate[:, 0] = -torch.inf
    index, _ = certain_best(approximate, torch.zeros(6), state, torch.arange(6), torch.arange(9))
    assert index.tolist() == [3, 1, 2, 3, 1, 2]


def test_the_index_is_one_of_the_centroids_that_were_compared():
    state = state_of(unit_rows(50, 8), 50)
    ids, near = torch.tensor([30, 31, 2]), torch.tensor([2, 30, 31, 40])
    approximate = state.points[ids] @ state.centroids[near].T
    index, score = certain_best(approximate, torch.zeros(3), state, ids, near)
    assert index.tolist() == [1, 2, 0] and torch.allclose(score, torch.ones(3))


def test_halves_are_left_where_they_would_tell_too_little(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(products, "multiplies_halves", lambda device: True)
    few = unit_rows(20, 64)
    groups = normalize(few.repeat(40, 1) + 0.02 * unit_rows(800, 64, seed=1), dim=1)
    assert Products(state_of(groups, 20)).halves
    assert not Products(Clustering(groups, "cosine", groups[:400].clone())).halves  # 20 centroids for each direction
    assert not Products(Clustering(groups, "l2", groups[:20].clone())).halves
    monkeypatch.setattr(products, "multiplies_halves", lambda device: False)
    assert not Products(state_of(groups, 20)).halves


@pytest.mark.parametrize(
    ("able", "expected"), [({"avx512_bf16": True}, True), ({"amx_bf16": True}, True), ({"avx2": True}, False)]
)
def test_halves_need_a_processor_that_multiplies_them(able, expected, monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able)
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: True)
    assert multiplies_halves(torch.device("cpu")) is expected
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    assert multiplies_halves(torch.device("cpu")) is False
