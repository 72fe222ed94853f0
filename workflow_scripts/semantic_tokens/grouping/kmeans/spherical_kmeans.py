"""K-Means on the rows of an embedding table: spherical (cosine) or its Euclidean twin, k always exact.

The start, the rule for empty clusters, the rule by which a row stays where it is, the update of the centroids and the
stopping rule are shared by all back ends (`lloyd.py`); a back end only finds nearest centroids (`nearest.py`,
`bounds.py`). From one start they therefore agree on the assignments, ties aside.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from tqdm import tqdm

from semantic_tokens import resumable
from semantic_tokens.errors import InputError
from semantic_tokens.grouping.kmeans.checkpoint import KMeansCheckpoint
from semantic_tokens.grouping.kmeans.lloyd import Clustering, Metric, fill_empty, gains, not_finite, prepare, refit
from semantic_tokens.grouping.kmeans.nearest import choose
from semantic_tokens.grouping.kmeans.search import new_search
from semantic_tokens.grouping.kmeans.settings import Backend

log = logging.getLogger(__name__)


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
    weights: Tensor | None = None,
    backend: Backend = "torch",
    checkpoint: Path | None = None,
    code: str = "",
    devices: Sequence[torch.device] = (),
) -> KMeansResult:
    """Cluster `rows` [n, d] (float32 or float64, any device) into exactly k non-empty clusters (paper, section 2.1 and
    App. E).

    Lloyd's iterations from `init` [k, d], or from k random rows, until no row changes its cluster or `max_iterations`
    are done (then `converged` is False and a warning is logged). A row keeps its own centroid unless another is better
    beyond rounding noise. Zero rows have cosine 0 to everything. Deterministic on CPU for given arguments and threads.

    weights: [n], positive: what each row counts in centroids and objective.
    checkpoint: a file rewritten after every iteration; if it belongs to this very run, K-Means resumes from it. `code`
    is part of the run, so that a file written by other code is not used.
    devices: several GPUs to split the search over, the rows' own first (back end `torch`).
    InputError: k < 1, k > n, a row or an initial centroid that is not finite, a weight that is not positive, a back end
    that cannot run here.
    """
    _check(rows, k, init, weights)
    runs_on = choose(backend, rows.device, len(devices))
    points, origin = prepare(rows, metric)
    centroids = points[initial_rows(points, k, seed)] if init is None else prepare(init, metric, origin)[0]
    about = k, metric, seed, max_iterations, code, runs_on, len(devices), resumable.arithmetic(points.device)
    saved = KMeansCheckpoint(checkpoint, about, points, init, weights) if checkpoint else None
    state, objective = Clustering(points, metric, centroids, weights), list[float]()
    if saved and (found := saved.load()):
        refit(state, found[0].to(points.device))
        objective = found[1]
    search = new_search(runs_on, state, devices)
    changed = len(points)
    progress = tqdm(
        range(len(objective), max_iterations),
        desc=f"K-Means, k = {k:,}",
        unit="iteration",
        initial=len(objective),
        total=max_iterations,
        delay=5,
    )
    for _ in progress:
        assignment, own = search(state)
        if int(torch.bincount(assignment, minlength=k).min()) == 0:
            assignment = fill_empty(assignment, gains(state, assignment, own), k)
        changed = int((assignment != state.assignment).sum())
        if changed:
            refit(state, assignment)
        objective.append(state.objective())
        progress.set_postfix(changed=changed, objective=f"{objective[-1]:.5f}", refresh=False)
        if not changed:
            break
        if saved and len(objective) < max_iterations:
            saved.save(state.assignment, objective)
    progress.close()
    if changed:
        log.warning("K-Means with k = %d stopped after %d iterations, %d rows still moving", k, max_iterations, changed)
    return KMeansResult(state.assignment, state.centroids + origin, objective, len(objective), changed == 0)


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


def _check(rows: Tensor, k: int, init: Tensor | None, weights: Tensor | None) -> None:
    if not 1 <= k <= len(rows):
        raise InputError(f"K-Means with k = {k} on {len(rows)} rows; allowed: 1 <= k <= number of rows")
    if init is not None and init.shape != (k, rows.shape[1]):
        raise InputError(f"K-Means: init has shape {tuple(init.shape)}; allowed: {(k, rows.shape[1])}")
    if weights is not None and (weights.shape != rows.shape[:1] or not bool((weights > 0).all())):
        raise InputError(f"K-Means: weights of shape {tuple(weights.shape)}; allowed: {len(rows)} positive numbers")
    for name, values in (("row", rows), ("initial centroid", init)):
        bad = [] if values is None else not_finite(values).tolist()
        if bad:
            raise InputError(f"K-Means: {name} {bad[0]} is not finite ({len(bad)} such in all)")
