"""Spherical K-Means in which no cluster is larger than a cap: our own variant.

Plain K-Means makes clusters of very different sizes, and the model cannot tell the rows of one cluster apart. Starting
from its result, the excess of a cluster goes where it loses least, and Lloyd's iterations continue, in which a row may
move only into a cluster with room.
"""

import logging
from collections.abc import Sequence

import torch
from torch import Tensor
from tqdm import tqdm

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.kmeans.lloyd import Clustering, fill_empty, gains, prepare, refit, scores
from semantic_tokens.grouping.kmeans.nearest import choose, nearest
from semantic_tokens.grouping.kmeans.search import new_search
from semantic_tokens.grouping.kmeans.settings import Backend
from semantic_tokens.grouping.kmeans.spherical_kmeans import KMeansResult

log = logging.getLogger(__name__)


def cap_clusters(
    rows: Tensor,
    start: KMeansResult,
    cap: int,
    *,
    max_iterations: int,
    weights: Tensor | None = None,
    backend: Backend = "torch",
    devices: Sequence[torch.device] = (),
) -> KMeansResult:
    """From a spherical K-Means of `rows` [n, d] to one of as many clusters, none larger than `cap` or empty.

    The objective never worsens from the eviction on; each row ends at the best centroid that had room for it, unless
    `max_iterations` are done first (then `converged` is False and a warning is logged). Deterministic on CPU. The
    search is split over `devices` as in `spherical_kmeans`; the eviction is not. `weights` [n] are those of the start.

    InputError: a cap that leaves no room for all rows.
    """
    n, k = len(rows), len(start.centroids)
    if cap * k < n:
        raise InputError(f"a cap of {cap} rows a cluster on {n} rows in {k} clusters; allowed: at least {-(-n // k)}")
    runs_on = choose(backend, rows.device, len(devices))
    state = Clustering(prepare(rows, "cosine")[0], "cosine", start.centroids.clone(), weights)
    refit(state, start.assignment)
    refit(state, _evict(state, cap, runs_on))
    search = new_search(runs_on, state, devices)
    objective, was_open, changed = [state.objective()], _sizes(state.assignment, k) < cap, n
    progress = tqdm(range(max_iterations), desc=f"capped K-Means, k = {k:,}", unit="iteration", delay=5)
    for _ in progress:
        sizes = _sizes(state.assignment, k)
        state.drift[(sizes < cap) & ~was_open] = torch.inf  # as a candidate it is new
        was_open = sizes < cap
        wanted, score = search(state, was_open)
        moving = (wanted != state.assignment).nonzero().flatten()
        moving = moving[_admitted(wanted[moving], (score - state.own)[moving], cap - sizes)]
        assignment = state.assignment.index_copy(0, moving, wanted[moving])
        own = state.own.index_copy(0, moving, score[moving])
        assignment = fill_empty(assignment, gains(state, assignment, own), k)
        changed = int((assignment != state.assignment).sum())
        if changed == 0:
            break
        refit(state, assignment)
        objective.append(state.objective())
        progress.set_postfix(changed=changed, objective=f"{objective[-1]:.5f}", refresh=False)
    progress.close()
    if changed:
        log.warning("capped K-Means stopped after %d iterations, %d rows still moving", max_iterations, changed)
    return KMeansResult(state.assignment, state.centroids, objective, len(objective), changed == 0)


def _evict(state: Clustering, cap: int, backend: str) -> Tensor:
    """An assignment int64 [n] within the cap.

    An overfull cluster keeps the rows with most regret, what they would lose at the best centroid with room. The others
    choose among the centroids with room, which admit the best-fitting first, until all are placed.
    """
    assignment = state.assignment.clone()
    sizes = _sizes(assignment, len(state.centroids))
    waiting = (sizes > cap)[assignment].nonzero().flatten()
    if len(waiting) == 0:
        return assignment
    _, score = _best_with_room(state, waiting, sizes < cap, backend)
    kept = _admitted(assignment[waiting], state.own[waiting] - score, sizes.clamp(max=cap))
    waiting = waiting[~kept]
    log.info("%d of %d clusters are too large; %d rows leave them", int((sizes > cap).sum()), len(sizes), len(waiting))
    sizes = sizes.clamp(max=cap)
    while len(waiting):
        wanted, score = _best_with_room(state, waiting, sizes < cap, backend)
        admitted = _admitted(wanted, score, cap - sizes)
        assignment[waiting[admitted]] = wanted[admitted]
        sizes += _sizes(wanted[admitted], len(sizes))
        waiting = waiting[~admitted]
    return assignment


def _best_with_room(state: Clustering, rows: Tensor, with_room: Tensor, backend: str) -> tuple[Tensor, Tensor]:
    """Index and score of the best centroid with room (bool [k]) for each of these rows."""
    ids = with_room.nonzero().flatten()
    found = nearest(backend, state.points[rows], state.centroids[ids], state.offsets[ids], state.metric)
    return ids[found], scores(state.points[rows], state.centroids, state.offsets, ids[found])


def _admitted(wanted: Tensor, merit: Tensor, room: Tensor) -> Tensor:
    """bool [m]: of the rows that want a cluster, as many as it has room [k] for, by descending merit, then in order."""
    by_merit = torch.argsort(merit, descending=True, stable=True)
    order = by_merit[torch.argsort(wanted[by_merit], stable=True)]
    counts = _sizes(wanted, len(room))
    rank = torch.arange(len(order), device=order.device) - (counts.cumsum(0) - counts)[wanted[order]]
    admitted = torch.empty(len(order), dtype=torch.bool, device=order.device)
    admitted[order] = rank < room[wanted[order]]
    return admitted


def _sizes(assignment: Tensor, k: int) -> Tensor:
    return torch.bincount(assignment, minlength=k)
