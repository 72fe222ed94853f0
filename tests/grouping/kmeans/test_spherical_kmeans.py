"""Spherical K-Means and its Euclidean twin against a plain float64 Lloyd, and what must always hold."""

import logging

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.kmeans import lloyd, nearest
from semantic_tokens.grouping.kmeans.lloyd import fill_empty
from semantic_tokens.grouping.kmeans.spherical_kmeans import initial_rows, spherical_kmeans

METRICS = ("cosine", "l2")


def planted(k: int, size: int, dim: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """k tight clusters of `size` rows of very different lengths: directions far apart, scales that mean nothing."""
    rng = np.random.default_rng(seed)
    directions = np.linalg.qr(rng.normal(size=(dim, k)))[0].T
    label = np.repeat(np.arange(k), size)
    rows = directions[label] + 0.05 * rng.normal(size=(k * size, dim))
    return torch.from_numpy((rows * rng.uniform(0.1, 10, size=(k * size, 1))).astype(np.float32)), torch.from_numpy(
        label
    )


def plain_lloyd(rows: np.ndarray, centroids: np.ndarray, metric: str) -> tuple[np.ndarray, list[float]]:
    """Lloyd by the book in float64, for data on which no cluster empties and nothing ties."""
    rows, centroids = rows.astype(np.float64), centroids.astype(np.float64)
    if metric == "cosine":
        rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        centroids = centroids / np.linalg.norm(centroids, axis=1, keepdims=True)
    assignment, objective = None, []
    while True:
        distance = ((rows[:, None] - centroids[None]) ** 2).sum(axis=2)
        found = distance.argmin(axis=1)
        for j in range(len(centroids)):
            mean = rows[found == j].mean(axis=0)
            centroids[j] = mean / np.linalg.norm(mean) if metric == "cosine" else mean
        own = ((rows - centroids[found]) ** 2).sum(axis=1)
        objective.append(own.mean() / 2 if metric == "cosine" else own.mean())
        if assignment is not None and (found == assignment).all():
            return found, objective
        assignment = found


@pytest.mark.parametrize("metric", METRICS)
def test_equals_plain_lloyd_from_the_same_start(metric):
    rows = torch.from_numpy(np.random.default_rng(0).normal(size=(400, 12)).astype(np.float32)) + 3
    init = rows[torch.arange(0, 400, 20)]
    result = spherical_kmeans(rows, 20, metric=metric, seed=0, max_iterations=200, init=init)
    expected, objective = plain_lloyd(rows.numpy(), init.numpy(), metric)
    assert np.bincount(expected, minlength=20).min() > 0
    assert result.assignment.tolist() == expected.tolist()
    assert result.iterations == len(objective) > 3 and result.converged
    np.testing.assert_allclose(result.objective, objective, rtol=1e-6)


@pytest.mark.parametrize("metric", METRICS)
def test_a_row_of_weight_three_counts_as_three_rows(metric):
    random = np.random.default_rng(1)
    rows = torch.from_numpy(random.normal(size=(300, 8)).astype(np.float32)) + 1
    times = torch.from_numpy(random.integers(1, 6, 300))
    init = rows[torch.arange(0, 300, 20)]
    given = {"metric": metric, "seed": 0, "max_iterations": 200, "init": init}
    # Centred on the mean of the rows, whose scores are then rounded otherwise.
    repeated = spherical_kmeans(rows.repeat_interleave(times, dim=0), 15, **given)
    weighted, even = (spherical_kmeans(rows, 15, weights=w, **given) for w in (times.double(), None))
    assert repeated.assignment.equal(weighted.assignment.repeat_interleave(times))
    assert not weighted.assignment.equal(even.assignment)
    np.testing.assert_allclose(weighted.objective, repeated.objective, rtol=1e-5)
    torch.testing.assert_close(weighted.centroids, repeated.centroids)


@pytest.mark.parametrize("metric", METRICS)
def test_weights_of_one_change_nothing(metric):
    rows = torch.from_numpy(np.random.default_rng(2).normal(size=(300, 8)).astype(np.float32))
    found = [
        spherical_kmeans(rows, 20, metric=metric, seed=0, max_iterations=100, weights=weights)
        for weights in (None, torch.ones(300, dtype=torch.float64))
    ]
    assert found[0].assignment.equal(found[1].assignment) and found[0].centroids.equal(found[1].centroids)
    assert found[0].objective == found[1].objective


@pytest.mark.parametrize("weights", [torch.ones(3), torch.tensor([1.0, 0, 1, 1])])
def test_weights_are_positive_and_one_a_row(weights):
    with pytest.raises(InputError, match="allowed: 4 positive numbers"):
        spherical_kmeans(torch.eye(4), 2, seed=0, max_iterations=2, weights=weights)


def test_recovers_planted_directions_whatever_the_norms():
    rows, label = planted(k=8, size=15, dim=16, seed=1)
    result = spherical_kmeans(rows, 8, seed=0, max_iterations=50, init=rows[::15])
    assert torch.equal(result.assignment, label)
    torch.testing.assert_close(result.centroids.norm(dim=1), torch.ones(8))


def test_l2_looks_at_norms_and_cosine_does_not():
    rows = torch.tensor([[1.0, 0], [1.1, 0], [0, 1.0], [0, 1.1], [50.0, 0], [50.0, 1]])
    cosine = spherical_kmeans(rows, 2, seed=0, max_iterations=20, init=rows[[0, 2]]).assignment
    l2 = spherical_kmeans(rows, 2, metric="l2", seed=0, max_iterations=20, init=rows[[0, 4]]).assignment
    assert cosine.tolist() == [0, 0, 1, 1, 0, 0]
    assert l2.tolist() == [0, 0, 0, 0, 1, 1]


# Few distinct values: duplicates, zero rows and ties in plenty.
coarse = arrays(
    np.float32, st.tuples(st.integers(1, 24), st.integers(1, 4)), elements=st.sampled_from([-1, 0, 0, 1, 2.5])
)
fine = arrays(np.float32, st.tuples(st.integers(1, 24), st.integers(1, 4)), elements=st.floats(-8, 8, width=32))


@settings(max_examples=150, deadline=None)
@given(rows=coarse | fine, metric=st.sampled_from(METRICS), data=st.data(), seed=st.integers(0, 3))
def test_k_is_exact_the_objective_never_worsens_and_it_stops(rows, metric, data, seed):
    k = data.draw(st.integers(1, len(rows)))
    result = spherical_kmeans(torch.from_numpy(rows), k, metric=metric, seed=seed, max_iterations=100)
    assert torch.bincount(result.assignment, minlength=k).min() >= 1 and int(result.assignment.max()) == k - 1
    scale = 1.0 if metric == "cosine" else max(1.0, float((rows**2).sum(axis=1).max()))
    assert all(after <= before + 1e-6 * scale for before, after in zip(result.objective, result.objective[1:]))
    assert result.converged and torch.isfinite(result.centroids).all()
    again = spherical_kmeans(torch.from_numpy(rows), k, metric=metric, seed=seed, max_iterations=100)
    assert torch.equal(again.assignment, result.assignment)


@pytest.mark.parametrize("metric", METRICS)
def test_blocks_do_not_matter(metric, monkeypatch):
    rows = torch.from_numpy(np.random.default_rng(7).normal(size=(200, 6)).astype(np.float32)).repeat(2, 1)
    whole = spherical_kmeans(rows, 90, metric=metric, seed=0, max_iterations=100)
    monkeypatch.setattr(nearest, "BLOCK_SCORES", 300)  # three rows at a time
    monkeypatch.setattr(lloyd, "BLOCK_VALUES", 30)
    blocked = spherical_kmeans(rows, 90, metric=metric, seed=0, max_iterations=100)
    assert torch.equal(whole.assignment, blocked.assignment) and whole.objective == blocked.objective


@pytest.mark.parametrize("metric", METRICS)
def test_k_equal_to_n_and_one(metric):
    rows, _ = planted(k=3, size=4, dim=5, seed=2)
    each = spherical_kmeans(rows, 12, metric=metric, seed=0, max_iterations=20)
    assert sorted(each.assignment.tolist()) == list(range(12)) and each.objective[-1] == pytest.approx(0, abs=1e-6)
    one = spherical_kmeans(rows, 1, metric=metric, seed=0, max_iterations=20)
    assert one.assignment.tolist() == [0] * 12
    if metric == "l2":
        torch.testing.assert_close(one.centroids[0], rows.mean(dim=0))


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("value", [0.0, 0.3])
def test_rows_all_alike(metric, value):
    result = spherical_kmeans(torch.full((9, 4), value), 4, metric=metric, seed=0, max_iterations=20)
    assert torch.bincount(result.assignment, minlength=4).min() >= 1 and result.converged


def test_start_takes_distinct_nonzero_rows_first():
    rows = torch.tensor([[0.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [-0.0, 1.0], [-1.0, 0.0]])
    for seed in range(20):
        chosen = rows[initial_rows(rows, 3, seed)]
        assert len(torch.unique(chosen, dim=0)) == 3 and chosen.norm(dim=1).min() == 1
    assert sorted(initial_rows(rows, 6, 0).tolist()) == list(range(6))


def test_empty_clusters_take_the_worst_fitting_rows():
    assignment, gain = torch.tensor([0, 0, 0, 2, 2, 4]), torch.tensor([0.1, 0.9, 0.5, 0.5, 0.2, 7.0])
    # Row 5 fits worst but is alone; clusters 1 and 3 take rows 1 and 2 (at a tie with row 3 the lower).
    assert fill_empty(assignment, gain, 5).tolist() == [0, 1, 3, 2, 2, 4]


def test_a_start_that_empties_clusters_still_gives_k():
    rows, _ = planted(k=4, size=10, dim=6, seed=3)
    init = rows[:1].repeat(4, 1)  # four times the same: three clusters get nothing
    result = spherical_kmeans(rows, 4, seed=0, max_iterations=50, init=init)
    assert torch.bincount(result.assignment, minlength=4).min() >= 1
    assert result.objective[-1] < result.objective[0]


def test_seed_decides():
    rows = torch.from_numpy(np.random.default_rng(5).normal(size=(200, 6)).astype(np.float32))
    one, same, other = (spherical_kmeans(rows, 30, seed=seed, max_iterations=50).assignment for seed in (1, 1, 2))
    assert torch.equal(one, same) and not torch.equal(one, other)


def test_stopping_early_is_said(caplog):
    rows = torch.from_numpy(np.random.default_rng(6).normal(size=(300, 6)).astype(np.float32))
    with caplog.at_level(logging.WARNING):
        result = spherical_kmeans(rows, 20, seed=0, max_iterations=2)
    assert not result.converged and result.iterations == len(result.objective) == 2
    assert "stopped after 2 iterations" in caplog.text


def test_bad_input():
    rows = torch.ones(4, 2)
    for k in (0, 5):
        with pytest.raises(InputError, match=f"k = {k} on 4 rows"):
            spherical_kmeans(rows, k, seed=0, max_iterations=5)
    with pytest.raises(InputError, match="init has shape"):
        spherical_kmeans(rows, 2, seed=0, max_iterations=5, init=rows)
    for bad in (torch.nan, torch.inf):
        rows = torch.ones(4, 2)
        rows[2, 1] = rows[3, 0] = bad
        with pytest.raises(InputError, match=r"row 2 is not finite \(2 such"):
            spherical_kmeans(rows, 2, seed=0, max_iterations=5)


@pytest.mark.parametrize(("gain", "moves"), [(0.0, False), (0.9, False), (1.1, True)])
def test_a_row_moves_only_for_more_than_rounding(gain, moves):
    length, norms = torch.ones(1), torch.ones(2)
    own = torch.tensor([0.01])
    score = own + gain * lloyd.rounding(length, norms[:1])
    here, there = torch.tensor([0]), torch.tensor([1])
    assert bool(lloyd.improves(score, there, own, here, length, norms)) is moves
