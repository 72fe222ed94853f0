"""K-Means with a limit to the size of a group: never above it, every token placed, k exact, never worse on the way."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.group import group
from semantic_tokens.grouping.inputs import GroupingInputs
from semantic_tokens.grouping.kmeans import bounds, products, search
from semantic_tokens.grouping.kmeans.capped_kmeans import _admitted, cap_clusters
from semantic_tokens.grouping.kmeans.nearest import PlainSearch
from semantic_tokens.grouping.kmeans.spherical_kmeans import spherical_kmeans
from semantic_tokens.grouping.vocabulary import Vocabulary


def uneven(n: int = 600, dim: int = 12, seed: int = 0) -> torch.Tensor:
    """Half of the rows in one narrow cone, the rest anywhere: plain K-Means makes very large clusters."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, dim))
    rows[: n // 2] = rng.normal(size=dim) + 0.02 * rows[: n // 2]
    return torch.from_numpy(rows.astype(np.float32))


def capped(rows: torch.Tensor, k: int, cap: int, backend: str = "torch", seed: int = 0):
    start = spherical_kmeans(rows, k, seed=seed, max_iterations=100)
    return start, cap_clusters(rows, start, cap, max_iterations=100, backend=backend)


rows_of_all_kinds = arrays(
    np.float32, st.tuples(st.integers(1, 40), st.integers(1, 3)), elements=st.sampled_from([-1, 0, 0, 1, 2.5])
)


@settings(max_examples=60, deadline=None)
@given(rows=rows_of_all_kinds, data=st.data())
def test_within_the_cap_whatever_the_rows(rows, data):
    k = data.draw(st.integers(1, len(rows)))
    cap = data.draw(st.integers(-(-len(rows) // k), len(rows)))
    _, result = capped(torch.from_numpy(rows), k, cap)
    sizes = torch.bincount(result.assignment, minlength=k)
    assert len(sizes) == k and sizes.min() >= 1 and sizes.max() <= cap and sizes.sum() == len(rows)
    assert result.converged
    assert all(after <= before + 1e-6 for before, after in zip(result.objective, result.objective[1:]))


def test_large_clusters_are_cut_and_little_is_lost():
    start, result = capped(uneven(), 30, cap=40)
    assert start.assignment.bincount().max() > 60 and result.assignment.bincount().max() == 40
    assert len(result.objective) > 1 and result.objective[-1] < result.objective[0]
    worst = torch.nn.functional.normalize(uneven(), dim=1)
    rng = np.random.default_rng(0)
    random = torch.from_numpy(rng.permutation(np.arange(600) % 30))
    sums = torch.zeros(30, 12).index_add_(0, random, worst)
    by_chance = 1 - float(sums.norm(dim=1).sum()) / 600
    assert start.objective[-1] < result.objective[-1] < (start.objective[-1] + by_chance) / 2


def test_rows_split_over_devices_give_the_same_result():
    rows = uneven()
    start, alone = capped(rows, 30, cap=40)
    split = cap_clusters(rows, start, 40, max_iterations=100, devices=(torch.device("cpu"),) * 3)
    assert torch.equal(split.assignment, alone.assignment) and split.objective == alone.objective


def test_no_row_could_move_to_a_better_centroid_with_room():
    rows, cap = uneven(), 40
    _, result = capped(rows, 30, cap)
    scores = torch.nn.functional.normalize(rows, dim=1) @ result.centroids.T
    with_room = result.assignment.bincount() < cap
    own = scores.gather(1, result.assignment.unsqueeze(1)).squeeze(1)
    assert with_room.any() and (scores[:, with_room].amax(dim=1) <= own + 1e-5).all()


def test_a_wide_cap_changes_nothing():
    rows = uneven()
    start, result = capped(rows, 30, cap=600)
    assert torch.equal(result.assignment, start.assignment) and result.objective == pytest.approx(start.objective[-1:])


def test_back_ends_agree_and_repeat():
    results = [capped(uneven(), 30, 40, backend)[1].assignment for backend in ("torch", "torch", "faiss")]
    assert torch.equal(results[0], results[1]) and torch.equal(results[0], results[2])


@pytest.mark.parametrize("halves", [False, True])
@pytest.mark.parametrize("cap", [21, 25, 40])
@pytest.mark.parametrize("seed", range(3))
def test_bounds_change_no_assignment(cap, seed, halves, monkeypatch):
    """Clusters that fill up and open again, and rows that did not go where they wanted, among few rows at a time."""
    monkeypatch.setattr(products, "multiplies_halves", lambda device: halves)
    monkeypatch.setattr(products.Products, "_worth_it", lambda self, state: True)
    for name, value in (("PART_ROWS", 16), ("PART_SCORES", 0), ("STEP", 1)):
        monkeypatch.setattr(bounds, name, value)
    _, ours = capped(uneven(seed=seed), 30, cap)
    monkeypatch.setattr(search, "BoundedSearch", lambda state: PlainSearch("torch"))
    _, plain = capped(uneven(seed=seed), 30, cap)
    assert torch.equal(ours.assignment, plain.assignment) and len(ours.objective) == len(plain.objective) > 2


def test_a_cap_without_room_for_all():
    start = spherical_kmeans(uneven(), 30, seed=0, max_iterations=10)
    with pytest.raises(InputError, match="a cap of 19 rows a cluster on 600 rows in 30 clusters; allowed: at least 20"):
        cap_clusters(uneven(), start, 19, max_iterations=10)


def test_the_fittest_are_admitted():
    wanted, merit = torch.tensor([2, 0, 2, 2, 0, 1]), torch.tensor([0.5, 0.1, 0.9, 0.5, 0.3, 0.0])
    assert _admitted(wanted, merit, torch.tensor([1, 0, 2])).tolist() == [True, False, True, False, True, False]


@pytest.mark.parametrize(("size_cap", "largest"), [(1, 20), (1.5, 30), (2.5, 50)])
def test_the_method_caps_at_a_multiple_of_the_mean(size_cap, largest):
    rows = torch.cat([torch.ones(3, 12), uneven()])
    words = Vocabulary(tuple(f"t{i}" for i in range(603)), (0, 1), (2,), "wordpiece")
    made = group("kmeans-capped", GroupingInputs(rows, words, 33, None, 0), max_iterations=100, size_cap=size_cap)
    assert made.n_groups == 33 and made.method == "kmeans-capped"
    assert made.details["cap"] == largest and made.details["largest"] == made.group_sizes()[3:].max() <= largest
    assert made.details["largest_before"] > made.details["largest"]
    assert made.details["objective_before"] < made.details["objective"]
