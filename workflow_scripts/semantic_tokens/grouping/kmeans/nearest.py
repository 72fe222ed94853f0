"""The back ends of K-Means: an exact search for each row's nearest centroid, and nothing else.

`torch` runs on CPU and GPU, `faiss` on CPU, `cuml` on GPU. All three find the nearest of all centroids, without
approximation, in memory that does not grow with n x k.
"""

from collections.abc import Callable
from importlib.util import find_spec

import torch
from torch import Tensor

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.kmeans.best import first_best
from semantic_tokens.grouping.kmeans.lloyd import Clustering, Metric, improves, scores
from semantic_tokens.grouping.kmeans.settings import Backend

BLOCK_SCORES = 2**23  # scores held at a time: 32 MiB of float32
Nearest = Callable[[Tensor, Tensor, Tensor, Metric], Tensor]  # points, centroids, offsets, metric -> int64 [n]


def choose(backend: Backend, device: torch.device, n_devices: int = 1) -> str:
    """The back end to run on this device, the first of `n_devices`: `auto` is cuml on one GPU where it is installed,
    otherwise torch, which alone runs on several.

    InputError where a back end that is given by name cannot run here; none replaces it.
    """
    if backend == "auto":
        return "cuml" if device.type == "cuda" and n_devices <= 1 and find_spec("cuml") else "torch"
    needs = {"faiss": ("cpu", "faiss-cpu"), "cuml": ("cuda", "cuml-cu13")}
    if backend in needs:
        kind, package = needs[backend]
        if device.type != kind:
            raise InputError(f"grouping.backend = {backend!r} runs on {kind} only, but the device is {device.type}")
        if not find_spec(backend):
            raise InputError(f"grouping.backend = {backend!r} needs the package {package}, which is not installed")
        if n_devices > 1:
            raise InputError(f"grouping.backend = {backend!r} runs on one device, but the rule asks for {n_devices}")
    elif backend != "torch":
        raise InputError(f"grouping.backend = {backend!r}; allowed: auto, torch, faiss, cuml")
    return backend


class PlainSearch:
    """Every row against every centroid, each time: what a library's search can do."""

    def __init__(self, backend: str) -> None:
        self.backend = backend

    def __call__(self, state: Clustering, allowed: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """As `search.Search`."""
        ids = torch.arange(len(state.centroids), device=state.points.device)
        ids = ids if allowed is None else ids[allowed]
        centroids = state.centroids if allowed is None else state.centroids[ids]
        best = ids[nearest(self.backend, state.points, centroids, state.offsets[ids], state.metric)]
        score = scores(state.points, state.centroids, state.offsets, best)
        moves = improves(score, best, state.own, state.assignment, state.length, state.norms)
        return torch.where(moves, best, state.assignment), torch.where(moves, score, state.own)


def score_block(buffer: Tensor, rows: int, columns: int) -> Tensor:
    """[rows, columns] of a buffer. Rows begin at multiples of 16 numbers: a matrix product may be twice as slow
    where they do not."""
    width = _aligned(columns)
    return buffer[: rows * width].view(rows, width)[:, :columns]


def rows_of_scores(buffer: Tensor, columns: int) -> int:
    """How many rows of `score_block` the buffer holds."""
    return len(buffer) // _aligned(columns)


def new_buffer(like: Tensor, columns: int) -> Tensor:
    """A buffer for BLOCK_SCORES scores, or for one row if that is more."""
    return like.new_empty(max(BLOCK_SCORES, _aligned(columns)))


def _aligned(columns: int) -> int:
    return -(-columns // 16) * 16


def nearest(backend: str, points: Tensor, centroids: Tensor, offsets: Tensor, metric: Metric) -> Tensor:
    """int64 [n]: the centroid [k, d] of the best score for each row [n, d], by the back end of that name."""
    search: Nearest = {"torch": _torch, "faiss": _faiss, "cuml": _cuml}[backend]
    return search(points, centroids, offsets, metric)


def _torch(points: Tensor, centroids: Tensor, offsets: Tensor, metric: Metric) -> Tensor:
    found: list[Tensor] = []
    buffer = new_buffer(points, len(centroids))
    for x in points.split(rows_of_scores(buffer, len(centroids))):
        product = torch.mm(x, centroids.T, out=score_block(buffer, len(x), len(centroids)))
        found.append(first_best(product if metric == "cosine" else product.sub_(offsets), x.norm(dim=1))[0])
    return torch.cat(found)


def _faiss(points: Tensor, centroids: Tensor, offsets: Tensor, metric: Metric) -> Tensor:
    import faiss

    kind = faiss.METRIC_L2 if metric == "l2" else faiss.METRIC_INNER_PRODUCT
    _, index = faiss.knn(points.numpy(), centroids.numpy(), 1, metric=kind)
    return torch.from_numpy(index[:, 0])


def _cuml(points: Tensor, centroids: Tensor, offsets: Tensor, metric: Metric) -> Tensor:
    """The assignment of cuML's K-Means to given centroids: `predict` with its centres set.

    `fit` with max_iter=1 would label the rows by the centroids that it has moved itself, to means that are not unit
    vectors. On unit rows and unit centroids Euclidean and cosine assignment agree.
    """
    import cupy
    from cuml.cluster import KMeans

    model = KMeans(n_clusters=len(centroids), **cuml_settings(len(centroids)))
    model.cluster_centers_ = cupy.from_dlpack(centroids.contiguous())
    assigned = model.predict(cupy.from_dlpack(points.contiguous()))
    return torch.from_dlpack(assigned).long()  # type: ignore[attr-defined]


def cuml_settings(k: int) -> dict[str, object]:
    """Arguments of cuML's K-Means: at most 2^28 distances, 1 GiB, at a time should it hold any."""
    return {"output_type": "cupy", "max_samples_per_batch": max(1, 2**28 // k)}
