"""All back ends of K-Means from one start: the same assignments; and what is said where one cannot run."""

import inspect
from importlib.util import find_spec

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.kmeans import best, bounds, products, search
from semantic_tokens.grouping.kmeans.bounds import BoundedSearch
from semantic_tokens.grouping.kmeans.lloyd import Clustering, refit
from semantic_tokens.grouping.kmeans.nearest import PlainSearch, choose, cuml_settings, nearest
from semantic_tokens.grouping.kmeans.search import SplitSearch
from semantic_tokens.grouping.kmeans.spherical_kmeans import spherical_kmeans as kmeans

METRICS = ("cosine", "l2")
CPU, CUDA = torch.device("cpu"), torch.device("cuda")


def table(n: int, dim: int, seed: int = 0) -> torch.Tensor:
    """Rows around few directions, of very different lengths, as in a vocabulary."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n // 10 + 1, dim))[rng.integers(0, n // 10 + 1, n)] + 0.5 * rng.normal(size=(n, dim))
    return torch.from_numpy((rows * rng.lognormal(sigma=0.5, size=(n, 1))).astype(np.float32))


@pytest.fixture(params=["full", "halves"])
def precision(request, monkeypatch):
    """Scores in full precision, and in bfloat16 whatever the processor and the table."""
    monkeypatch.setattr(products, "multiplies_halves", lambda device: request.param == "halves")
    monkeypatch.setattr(products.Products, "_worth_it", lambda self, state: True)


def in_parts_of(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare so many rows at a time with no more centroids than they must be."""
    for name, value in (("PART_ROWS", rows), ("PART_SCORES", 0), ("STEP", 1)):
        monkeypatch.setattr(bounds, name, value)


def again(scores: torch.Tensor, candidates: tuple[torch.Tensor, torch.Tensor] | None) -> int:
    """How many products approximate scores have left to be computed again."""
    return scores.numel() if candidates is None else len(candidates[0])


def both(rows: torch.Tensor, k: int, metric: str, *backends: str):
    return (kmeans(rows, k, metric=metric, seed=0, max_iterations=100, backend=name) for name in backends)


def plain(rows: torch.Tensor, k: int, metric: str, seed: int, monkeypatch: pytest.MonkeyPatch):
    """K-Means with every row compared with every centroid in every iteration."""
    with monkeypatch.context() as patch:
        patch.setattr(search, "BoundedSearch", lambda state: PlainSearch("torch"))
        return kmeans(rows, k, metric=metric, seed=seed, max_iterations=100)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize(("n", "k"), [(600, 30), (600, 120), (600, 240), (600, 600), (600, 1)])
def test_bounds_change_no_assignment(metric, n, k, monkeypatch, precision):
    in_parts_of(16, monkeypatch)
    rows = table(n, 16, seed=k)
    result, expected = (
        kmeans(rows, k, metric=metric, seed=1, max_iterations=100),
        plain(rows, k, metric, 1, monkeypatch),
    )
    assert torch.equal(result.assignment, expected.assignment)
    assert result.iterations == expected.iterations
    np.testing.assert_allclose(result.objective, expected.objective, rtol=1e-6, atol=1e-7)


# Few distinct values: duplicates and zero rows in plenty, and ties that rounding must not decide.
coarse = arrays(
    np.float32, st.tuples(st.integers(2, 40), st.integers(1, 3)), elements=st.sampled_from([-1, 0, 0, 1, 2])
)
fine = arrays(np.float32, st.tuples(st.integers(2, 40), st.integers(1, 5)), elements=st.floats(-8, 8, width=32))


@settings(max_examples=150, deadline=None)
@given(rows=coarse | fine, metric=st.sampled_from(METRICS), halves=st.booleans(), data=st.data())
def test_bounds_change_no_assignment_of_rows_that_repeat(rows, metric, halves, data):
    k = data.draw(st.integers(1, len(rows)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(products, "multiplies_halves", lambda device: halves)
        patch.setattr(products.Products, "_worth_it", lambda self, state: True)
        in_parts_of(3, patch)
        result = kmeans(torch.from_numpy(rows), k, metric=metric, seed=0, max_iterations=100)
        expected = plain(torch.from_numpy(rows), k, metric, 0, patch)
    assert result.objective[-1] == pytest.approx(expected.objective[-1], rel=1e-5, abs=1e-6)
    assert torch.equal(result.assignment, expected.assignment)


@pytest.mark.parametrize("metric", METRICS)
def test_bounds_hold_and_spare_most_products(metric, monkeypatch, precision):
    """No other centroid may ever be nearer than a row's bound; near the end few products are left."""
    in_parts_of(16, monkeypatch)
    rows = table(500, 12)
    points = torch.nn.functional.normalize(rows, dim=1) if metric == "cosine" else rows - rows.mean(dim=0)
    state = Clustering(points, metric, points[:60].clone())
    find, sizes = BoundedSearch(state), []
    count = torch.mm
    monkeypatch.setattr(torch, "mm", lambda a, b, out: sizes.append(out.numel()) or count(a, b, out=out))
    pairs = best._candidates
    monkeypatch.setattr(best, "_candidates", lambda *what: sizes.append(again(what[0], found := pairs(*what))) or found)
    for _ in range(50):
        sizes.append(0)
        assignment, _ = find(state)
        distance = torch.cdist(points.double(), state.centroids.double())
        if metric == "cosine":
            distance = 2 * torch.asin((distance / 2).clamp(max=1))
        distance.scatter_(1, assignment.unsqueeze(1), torch.inf)
        assert (find.bound <= distance.amin(dim=1) + 1e-6).all()
        if torch.equal(assignment, state.assignment):
            break
        refit(state, assignment)
    per_iteration = np.add.reduceat(sizes, np.flatnonzero(np.array(sizes) == 0))
    assert 500 * 60 <= per_iteration[0] < 1.1 * 500 * 60 and per_iteration[-1] < 0.2 * 500 * 60


def test_a_row_that_could_not_move_tries_again(monkeypatch):
    """Its own centroid comes nearer, the wanted one stays: the bound was about the others than the wanted one."""
    in_parts_of(1, monkeypatch)
    at = torch.tensor([0.0, 1.0, 0.4, 3.0])  # angles of the row, its own centroid, the wanted one and a far one
    row, *centroids = torch.stack([at.cos(), at.sin()], dim=1)
    state = Clustering(row.unsqueeze(0), "cosine", torch.stack(centroids))
    state.assignment, state.own = torch.tensor([0]), row.dot(centroids[0]).unsqueeze(0)
    find = BoundedSearch(state)
    assert find(state)[0].tolist() == [1]
    nearer = torch.tensor([0.5]).cos(), torch.tensor([0.5]).sin()
    state.centroids[0], state.own = torch.cat(nearer), nearer[0]
    state.drift = torch.tensor([0.5, 0.0, 0.0])
    assert find(state)[0].tolist() == [1]


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("n_devices", [2, 3, 7])
def test_rows_split_over_devices_give_the_same_result(metric, n_devices, monkeypatch, precision):
    in_parts_of(16, monkeypatch)
    rows, settings = table(500, 12), {"metric": metric, "seed": 0, "max_iterations": 100}
    alone, split = (kmeans(rows, 60, **settings, devices=devices) for devices in ((), (CPU,) * n_devices))
    assert torch.equal(split.assignment, alone.assignment) and torch.equal(split.centroids, alone.centroids)
    assert split.objective == alone.objective and split.converged


def test_each_device_searches_its_share_of_the_rows_alone():
    state = Clustering(table(100, 4), "l2", table(100, 4)[:10].clone())
    split = SplitSearch(state, (CPU,) * 3)
    assert [len(part.points) for part in split.parts] == [33, 33, 34]
    assert torch.equal(torch.cat([part.points for part in split.parts]), state.points)
    few = SplitSearch(Clustering(table(2, 4), "l2", table(2, 4)[:1].clone()), (CPU,) * 3)
    assert [len(part.points) for part in few.parts] == [1, 1]


@pytest.mark.gpu
@pytest.mark.skipif(torch.cuda.device_count() < 2, reason="needs two GPUs")
def test_rows_split_over_real_gpus_give_the_result_of_one():
    rows = table(20_000, 64).to("cuda:0")
    gpus = tuple(torch.device("cuda", i) for i in range(torch.cuda.device_count()))
    alone, split = (kmeans(rows, 2000, seed=0, max_iterations=100, devices=devices) for devices in ((), gpus))
    assert (alone.assignment == split.assignment).double().mean() > 0.999


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("k", [1, 25, 200])
def test_faiss_gives_the_same_assignments(metric, k):
    rows = table(400, 16)
    ours, faiss = (
        kmeans(rows, k, metric=metric, seed=0, max_iterations=100, backend=name) for name in ("torch", "faiss")
    )
    assert torch.equal(ours.assignment, faiss.assignment) and ours.iterations == faiss.iterations


def test_faiss_survives_duplicates_and_zero_rows():
    rows = torch.cat([torch.zeros(5, 4), table(10, 4).repeat(3, 1)])
    for k in (1, 12, 35):
        result = kmeans(rows, k, seed=0, max_iterations=100, backend="faiss")
        assert torch.bincount(result.assignment, minlength=k).min() >= 1 and result.converged


@pytest.mark.gpu
@pytest.mark.skipif(
    not (torch.cuda.is_available() and find_spec("cuml")), reason="needs a GPU and the package cuml-cu13"
)
@pytest.mark.parametrize("metric", METRICS)
def test_cuml_gives_the_same_assignments(metric):
    rows = table(5000, 64).to(CUDA)
    ours, cuml = (
        kmeans(rows, 400, metric=metric, seed=0, max_iterations=100, backend=name) for name in ("torch", "cuml")
    )
    # cuML's distances are |x|^2 + |c|^2 - 2 x.c: near ties may fall differently, and what follows from them.
    assert (ours.assignment == cuml.assignment).double().mean() > 0.99
    assert cuml.objective[-1] == pytest.approx(ours.objective[-1], rel=1e-3)
    points = torch.nn.functional.normalize(rows, dim=1)
    found = nearest("cuml", points, points[:400], torch.zeros(400, device=CUDA), "cosine")
    products = points @ points[:400].T
    assert torch.allclose(products.gather(1, found.unsqueeze(1)).squeeze(1), products.amax(dim=1), atol=1e-5)


@pytest.mark.skipif(not find_spec("cuml"), reason="needs the package cuml-cu13; a GPU is not needed")
def test_cuml_has_the_names_that_are_called():
    cluster = pytest.importorskip("cuml.cluster")
    inspect.signature(cluster.KMeans).bind(n_clusters=8, **cuml_settings(8))
    assert list(inspect.signature(cluster.KMeans.predict).parameters) == ["self", "X"]
    model = cluster.KMeans(n_clusters=2, **cuml_settings(2))
    with pytest.raises(NotFittedError):
        check_is_fitted(model)
    model.cluster_centers_ = np.eye(2, dtype=np.float32)
    check_is_fitted(model)  # what `predict` asks for


def test_cuml_memory_does_not_grow_with_k():
    assert all(cuml_settings(k)["max_samples_per_batch"] * k <= 2**28 for k in (1, 12_500, 360_652))


def test_auto_is_torch_on_cpu_and_cuml_where_it_is_on_a_gpu(monkeypatch):
    assert choose("auto", CPU) == "torch"
    monkeypatch.setattr("semantic_tokens.grouping.kmeans.nearest.find_spec", lambda name: None)
    assert choose("auto", CUDA) == "torch" and choose("torch", CUDA) == "torch"
    monkeypatch.setattr("semantic_tokens.grouping.kmeans.nearest.find_spec", lambda name: name)
    assert choose("auto", CUDA) == choose("cuml", CUDA) == "cuml" and choose("faiss", CPU) == "faiss"


def test_torch_alone_runs_on_several_gpus(monkeypatch):
    monkeypatch.setattr("semantic_tokens.grouping.kmeans.nearest.find_spec", lambda name: name)
    assert choose("auto", CUDA, 4) == choose("torch", CUDA, 4) == "torch"
    with pytest.raises(InputError, match="'cuml' runs on one device, but the rule asks for 4"):
        choose("cuml", CUDA, 4)


@pytest.mark.parametrize(
    ("backend", "device", "installed", "message"),
    [
        ("cuml", CPU, True, "'cuml' runs on cuda only, but the device is cpu"),
        ("cuml", CUDA, False, "'cuml' needs the package cuml-cu13"),
        ("faiss", CUDA, True, "'faiss' runs on cpu only, but the device is cuda"),
        ("faiss", CPU, False, "'faiss' needs the package faiss-cpu"),
        ("numpy", CPU, True, "'numpy'; allowed: auto, torch, faiss, cuml"),
    ],
)
def test_a_back_end_that_cannot_run_is_never_replaced(backend, device, installed, message, monkeypatch):
    monkeypatch.setattr("semantic_tokens.grouping.kmeans.nearest.find_spec", lambda name: name if installed else None)
    with pytest.raises(InputError, match=message):
        choose(backend, device)
