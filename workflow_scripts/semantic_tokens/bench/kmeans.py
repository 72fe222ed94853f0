"""Spherical K-Means to convergence, ours against the libraries that a user would take, from the same initial rows.

A peer runs as many iterations as plain Lloyd takes from those rows until no row moves: docs/bench.md says how each is
driven and why that is the same work. The rows `kmeans-plain` check ours against plain Lloyd, assignment for assignment.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from semantic_tokens.bench.comparison import Benchmark
from semantic_tokens.bench.rows import KMEANS_ON_GPU
from semantic_tokens.bench.word_vectors import word_vectors
from semantic_tokens.grouping.kmeans.settings import Backend
from semantic_tokens.grouping.kmeans.spherical_kmeans import KMeansResult, initial_rows, spherical_kmeans

SIZE, FULL_SIZE = (20_000, 256), (30_000, 768)
LIMIT = 300  # iterations; all of these runs end long before
FOLDER = Path("results/bench")
TIES = 1e-3  # share of rows that may be assigned differently than by plain Lloyd: near ties, and what follows from them
SAME_OBJECTIVE = 0.02  # relative; a peer that prunes by chance or keeps no unit centroids ends in another optimum


@dataclass(frozen=True)
class Problem:
    """n unit rows [n, d], of which `start` are the first of k = percent of n centroids."""

    size: tuple[int, int]
    percent: int
    choose_start: Callable[[int, int], Tensor] | None = None
    device: str = "cpu"

    @cached_property
    def rows(self) -> Tensor:
        return torch.from_numpy(word_vectors(*self.size, FOLDER)).to(self.device)

    @property
    def k(self) -> int:
        return self.size[0] * self.percent // 100

    @cached_property
    def init(self) -> Tensor:
        """[k, d]: the first centroids."""
        if self.choose_start:
            return self.rows[self.choose_start(len(self.rows), self.k)]
        return self.rows[initial_rows(self.rows, self.k, seed=0)]

    @cached_property
    def host_rows(self) -> np.ndarray:
        return self.rows.cpu().numpy()

    @cached_property
    def plain(self) -> KMeansResult:
        """Plain Lloyd's result; on a GPU ours, which is the same but for ties, since not every machine has cuML."""
        return self._run("faiss" if self.device == "cpu" else "torch")

    def ours(self) -> Tensor:
        return self._run("torch").assignment

    def lloyd(self) -> Tensor:
        """Every row against every centroid in every iteration, in our loop, by the library's exact search."""
        return self._run("faiss" if self.device == "cpu" else "cuml").assignment

    def _run(self, backend: Backend) -> KMeansResult:
        return spherical_kmeans(self.rows, self.k, seed=0, max_iterations=LIMIT, init=self.init, backend=backend)

    def objective(self, assignment: Tensor) -> float:
        """Mean over the rows of 1 - cosine to the direction of their cluster's sum."""
        sums = torch.zeros(self.k, self.size[1], dtype=torch.float64)
        sums.index_add_(0, assignment.cpu().long(), self.rows.cpu().double())
        return 1 - float(sums.norm(dim=1).sum()) / len(self.rows)

    def objectives_apart(self, one: Tensor, other: Tensor) -> float:
        a, b = self.objective(one), self.objective(other)
        return abs(a - b) / min(a, b)

    def measures(self) -> dict[str, float]:
        return {"rows": len(self.rows), "k": self.k, "iterations": self.plain.iterations}


def comparison(name: str, full: bool) -> Benchmark | None:
    """The row kmeans-{peer}-{percent}; None, with a line, where it needs a GPU that torch does not see.

    Raises PackageNotFoundError where the peer is not installed.
    """
    _, peer, percent = name.split("-")
    if peer in KMEANS_ON_GPU and not torch.cuda.is_available():
        print(f"{name}: left out: torch {torch.__version__} sees no GPU")
        return None
    run, title, package = _PEERS[peer]
    device = "cuda" if peer in KMEANS_ON_GPU else "cpu"
    problem = Problem(FULL_SIZE if full else SIZE, int(percent), _STARTS.get(peer), device)
    plain = peer == "plain"
    return Benchmark(
        name,
        f"{title} {version(package)}",
        problem.ours,
        partial(run, problem),
        _share_moved if plain else problem.objectives_apart,
        TIES if plain else SAME_OBJECTIVE,
        problem.measures,
    )


def _share_moved(ours: Tensor, theirs: Tensor) -> float:
    return float((ours != theirs).double().mean())


def _faiss(problem: Problem) -> Tensor:
    import faiss

    rows = problem.rows.numpy()
    model = faiss.Kmeans(
        rows.shape[1], problem.k, niter=problem.plain.iterations - 1, spherical=True,
        min_points_per_centroid=1, max_points_per_centroid=len(rows),
    )  # fmt: skip
    model.train(rows, init_centroids=problem.init.numpy())
    return torch.from_numpy(model.assign(rows)[1])


def _sklearn(problem: Problem) -> Tensor:
    from sklearn.cluster import KMeans

    model = KMeans(problem.k, init=problem.init.numpy(), n_init=1, max_iter=problem.plain.iterations - 1, tol=0)
    return torch.from_numpy(model.fit(problem.rows.numpy()).labels_)


def _superkmeans(problem: Problem) -> Tensor:
    rows = problem.rows.numpy()
    model = _flat(problem.k, rows.shape[1], problem.plain.iterations - 1, angular=True)
    centroids = model.train(rows)
    return torch.from_numpy(model.assign_training_points(rows, centroids).astype(np.int64))


def _fastkmeans(problem: Problem) -> Tensor:
    from fastkmeans import FastKMeans

    rows = problem.host_rows
    model = FastKMeans(
        rows.shape[1], problem.k, niter=problem.plain.iterations - 1, tol=-1, seed=0, device=problem.device,
        dtype=torch.float32,
    )  # fmt: skip
    model.train(rows)
    return torch.from_numpy(model.predict(rows))


def _flash(problem: Problem) -> Tensor:
    from flash_kmeans import batch_kmeans_Cosine

    start = problem.init.unsqueeze(0)
    found, _, _ = batch_kmeans_Cosine(
        problem.rows.unsqueeze(0), problem.k, max_iters=problem.plain.iterations, tol=-1, init_centroids=start
    )
    return found.squeeze(0)


def drawn_by_fastkmeans(n: int, k: int) -> Tensor:
    """int64 [k]: the rows that fastkmeans starts from, the first of a permutation from its seed."""
    return torch.randperm(n, generator=torch.Generator().manual_seed(0))[:k]


def drawn(n: int, k: int) -> Tensor:
    """int64 [k]: the rows that superkmeans starts from, which it draws itself.

    It takes the first k of a permutation that depends on n and its seed alone. As many clusters as rows, each row a
    code of its own number, give back the permutation.
    """
    bits = 2 ** np.arange(32)
    codes = np.where(np.arange(n)[:, None] & bits, 1, -1).astype(np.float32)
    centroids = _flat(n, len(bits), 1, angular=False).train(codes)
    return torch.from_numpy(((centroids > 0) * bits).sum(axis=1)[:k])


def _flat(k: int, dim: int, iterations: int, angular: bool) -> Any:
    """superkmeans in float32 over all rows, for a number of iterations, on as many threads as torch."""
    from superkmeans import SuperKMeans

    return SuperKMeans(
        k, dim, hierarchical=False, iters=iterations, sampling_fraction=1.0, early_termination=False,
        angular=angular, seed=0, n_threads=torch.get_num_threads(),
    )  # fmt: skip


# What runs the peer, its name in the table, its package.
_PEERS: dict[str, tuple[Callable[[Problem], Tensor], str, str]] = {
    "plain": (Problem.lloyd, "plain Lloyd, search by faiss", "faiss-cpu"),
    "faiss": (_faiss, "faiss", "faiss-cpu"),
    "sklearn": (_sklearn, "scikit-learn", "scikit-learn"),
    "superkmeans": (_superkmeans, "superkmeans", "superkmeans"),
    "cuml": (Problem.lloyd, "cuml", "cuml-cu13"),
    "fastkmeans": (_fastkmeans, "fastkmeans", "fastkmeans"),
    "flash": (_flash, "flash-kmeans", "flash-kmeans"),
}
# Peers that take no first centroids, and the rows that they draw.
_STARTS = {"superkmeans": drawn, "fastkmeans": drawn_by_fastkmeans}
