"""K-Means on the rows of an embedding table: spherical (cosine) or its Euclidean twin, k always exact.

The parts are separate so that another library can join by replacing one of them: `nearest_centroids` is the back end
(all the arithmetic that grows with n x k); the start, the rule for empty clusters, the update of the centroids and the
stopping rule are shared, so that back ends agree on the assignments, ties aside.

Both metrics maximise the score x.c - offset(c) of a row with its centroid: the offset is 0 for cosine (rows and
centroids have unit length) and |c|^2 / 2 for L2, which orders centroids as the squared Euclidean distance does.
"""

import hashlib
import logging
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from tqdm import tqdm

from semantic_tokens.errors import InputError

log = logging.getLogger(__name__)

Metric = Literal["cosine", "l2"]
BLOCK_SCORES = 2**23  # scores held at a time: 32 MiB of float32, the fastest on CPU at k = 24,000
NOISE = 8  # units of rounding that count as a tie: no row moves for less, so that ties cannot oscillate


@dataclass(frozen=True)
class KMeansResult:
    """assignment int64 [n]; centroids [k, d], unit length for cosine; objective = mean over the rows of 1 - cosine or
    of the squared distance to the own centroid, after each iteration (lower is better, accumulated in float64)."""

    assignment: Tensor
    centroids: Tensor
    objective: list[float]
    iterations: int
    converged: bool


def spherical_kmeans(
    rows: Tensor,
    k: int,
    *,
    metric: Metric = "cosine",
    seed: int,
    max_iterations: int,
    init: Tensor | None = None,
    block_rows: int | None = None,
) -> KMeansResult:
    """Cluster `rows` [n, d] (float, any device) into exactly k non-empty clusters (paper, section 2.1 and App. E).

    Lloyd's iterations from `init` [k, d], or from k random rows, until no row changes its cluster or `max_iterations`
    are done (then `converged` is False and a warning is logged). A row keeps its own centroid unless another is better
    beyond rounding noise. Zero rows have cosine 0 to everything. Deterministic on CPU for given arguments and threads.

    InputError: k < 1, k > n, a row or an initial centroid that is not finite.
    """
    _check(rows, k, init)
    points, origin = prepare(rows, metric)
    centroids = points[initial_rows(points, k, seed)] if init is None else prepare(init, metric, origin)[0]
    block = block_rows or max(1, BLOCK_SCORES // k)
    length = points.norm(dim=1)
    assignment = torch.full((len(points),), -1, device=points.device)
    objective: list[float] = []
    changed = len(points)
    progress = tqdm(range(max_iterations), desc=f"K-Means, k = {k:,}", unit="iteration", delay=5)
    for _ in progress:
        previous = assignment
        best, best_score = nearest_centroids(points, centroids, offsets(centroids, metric), block)
        assignment, score = keep_own(points, centroids, metric, previous, best, best_score, block)
        gain = potential(length, metric) - score
        gain = gain.where(gain > rounding(length, centroids, assignment), 0)  # so that rows fitting exactly tie
        assignment = fill_empty(assignment, gain, k)
        sums = sum_by_cluster(points, assignment, k, block)
        centroids = update(centroids, sums, assignment, metric)
        objective.append(mean_distance(length, sums, assignment, metric))
        changed = int((assignment != previous).sum())
        progress.set_postfix(changed=changed, objective=f"{objective[-1]:.5f}", refresh=False)
        if changed == 0:
            break
    progress.close()
    if changed:
        log.warning("K-Means with k = %d stopped after %d iterations, %d rows still moving", k, max_iterations, changed)
    return KMeansResult(assignment, centroids + origin, objective, len(objective), changed == 0)


def prepare(rows: Tensor, metric: Metric, origin: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Unit rows for cosine (zero rows stay zero). For L2, rows centred on their mean: distances are the same and the
    scores lose less to rounding. Returns the rows and the origin [d] that was subtracted."""
    if metric == "cosine":
        return torch.nn.functional.normalize(rows, dim=1), rows.new_zeros(rows.shape[1])
    origin = rows.double().mean(dim=0).to(rows.dtype) if origin is None else origin
    return rows - origin, origin


def initial_rows(points: Tensor, k: int, seed: int) -> Tensor:
    """Indices int64 [k] of the starting centroids: random rows, distinct and non-zero ones first."""
    order = torch.randperm(len(points), generator=torch.Generator().manual_seed(seed)).tolist()
    host = points.cpu().numpy()
    seen: set[bytes] = set()
    distinct: list[int] = []
    others: list[int] = []
    for row in order:
        digest = hashlib.blake2b((host[row] + 0.0).tobytes(), digest_size=16).digest()  # + 0.0: -0.0 equals 0.0
        (others if digest in seen or not host[row].any() else distinct).append(row)
        seen.add(digest)
        if len(distinct) == k:
            break
    return torch.tensor((distinct + others)[:k], device=points.device)


def offsets(centroids: Tensor, metric: Metric) -> Tensor:
    return centroids.square().sum(dim=1) / 2 if metric == "l2" else centroids.new_zeros(len(centroids))


def potential(length: Tensor, metric: Metric) -> Tensor:
    """The score [n] that each row would have with itself as centroid: what it could gain is this minus its score."""
    return length.square() / 2 if metric == "l2" else length


def rounding(length: Tensor, centroids: Tensor, assignment: Tensor) -> Tensor:
    """By how much [n] the score of each row with its centroid may be off, given the rows' lengths [n]."""
    reach = length + centroids.norm(dim=1)[assignment]
    return NOISE * torch.finfo(length.dtype).eps * reach.square()


def nearest_centroids(points: Tensor, centroids: Tensor, offsets: Tensor, block_rows: int) -> tuple[Tensor, Tensor]:
    """The torch back end: index int64 [n] and score [n] of each row's best centroid, block by block."""
    best = [torch.addmm(offsets, x, centroids.T, beta=-1).max(dim=1) for x in points.split(block_rows)]
    return torch.cat([found.indices for found in best]), torch.cat([found.values for found in best])


def keep_own(
    points: Tensor, centroids: Tensor, metric: Metric, previous: Tensor, best: Tensor, score: Tensor, block: int
) -> tuple[Tensor, Tensor]:
    """The stopping rule's half of an assignment: a row leaves its cluster (-1: none yet) only for a better one.

    Returns the assignment [n] and its scores [n].
    """
    own = torch.cat(
        [(x * centroids[i]).sum(dim=1) for x, i in zip(points.split(block), previous.split(block), strict=True)]
    )
    own = (own - offsets(centroids, metric)[previous]).where(previous >= 0, -torch.inf)
    length = points.norm(dim=1)
    moves = score > own + torch.maximum(rounding(length, centroids, previous), rounding(length, centroids, best))
    return torch.where(moves, best, previous), torch.where(moves, score, own)


def fill_empty(assignment: Tensor, gain: Tensor, k: int) -> Tensor:
    """Move into each empty cluster the row that gains most by a centroid of its own, among clusters of two or more.

    Every cluster keeps its best-fitting row, so no cluster is emptied by this, and no move makes the objective worse.
    Empty clusters take rows in order: the worst-fitting row goes to the lowest number; ties go to the lowest row.
    """
    empty = (torch.bincount(assignment, minlength=k) == 0).nonzero().flatten()
    if len(empty) == 0:
        return assignment
    by_fit = torch.argsort(gain, stable=True)
    by_cluster = by_fit[torch.argsort(assignment[by_fit], stable=True)]  # clusters in order, best fit first in each
    clusters = assignment[by_cluster]
    movable = torch.ones_like(clusters, dtype=torch.bool)
    movable[0] = False
    movable[1:] = clusters[1:] == clusters[:-1]
    candidates = by_cluster[movable].sort().values
    worst = candidates[torch.argsort(gain[candidates], descending=True, stable=True)[: len(empty)]]
    return assignment.index_copy(0, worst, empty)


def sum_by_cluster(points: Tensor, assignment: Tensor, k: int, block: int) -> Tensor:
    """float64 [k, d]: sum of each cluster's rows."""
    sums = torch.zeros(k, points.shape[1], dtype=torch.float64, device=points.device)
    for x, i in zip(points.split(block), assignment.split(block), strict=True):
        sums.index_add_(0, i, x.double())
    return sums


def update(centroids: Tensor, sums: Tensor, assignment: Tensor, metric: Metric) -> Tensor:
    """New centroids: renormalised sums (the old centroid where the sum is zero) or, for L2, means."""
    if metric == "l2":
        return (sums / torch.bincount(assignment, minlength=len(sums))[:, None]).to(centroids.dtype)
    length = sums.norm(dim=1, keepdim=True)
    return torch.where(length > 0, (sums / length).to(centroids.dtype), centroids)


def mean_distance(length: Tensor, sums: Tensor, assignment: Tensor, metric: Metric) -> float:
    """The objective, from the cluster sums alone: sum of cosines = sum of |S|; inertia = sum |x|^2 - sum |S|^2 / n."""
    if metric == "cosine":
        return 1 - float(sums.norm(dim=1).sum()) / len(length)
    explained = (sums.square().sum(dim=1) / torch.bincount(assignment, minlength=len(sums))).sum()
    return float(length.double().square().sum() - explained) / len(length)


def _check(rows: Tensor, k: int, init: Tensor | None) -> None:
    if not 1 <= k <= len(rows):
        raise InputError(f"K-Means with k = {k} on {len(rows)} rows; allowed: 1 <= k <= number of rows")
    if init is not None and init.shape != (k, rows.shape[1]):
        raise InputError(f"K-Means: init has shape {tuple(init.shape)}; allowed: {(k, rows.shape[1])}")
    for name, values in (("row", rows), ("initial centroid", init)):
        bad = [] if values is None else (~torch.isfinite(values).all(dim=1)).nonzero().flatten().tolist()
        if bad:
            raise InputError(f"K-Means: {name} {bad[0]} is not finite ({len(bad)} such in all)")
