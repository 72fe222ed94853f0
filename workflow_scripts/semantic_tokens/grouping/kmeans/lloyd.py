"""The state of a K-Means run, and the steps that all back ends and variants share.

Both metrics maximise the score x.c - offset(c) of a row with its centroid: the offset is 0 for cosine (rows and
centroids have unit length) and |c|^2 / 2 for L2, which orders centroids as the squared Euclidean distance does.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import normalize

Metric = Literal["cosine", "l2"]
BLOCK_VALUES = 2**20  # values of rows held in float64 at a time: they stay in the processor's cache
NOISE = 8  # units of rounding that count as a tie: no row moves for less, so that ties cannot oscillate


@dataclass
class Clustering:
    """n rows in k clusters.

    points      [n, d] rows as `prepare` makes them; `length` [n] are their norms
    centroids   [k, d]; `norms` [k] are their norms, `offsets` [k] what is subtracted from the product with a row
    drift       [k] how far each centroid went in the last `refit`: an angle for cosine, a distance for L2; 0 = stayed
    assignment  int64 [n], -1 = none yet; `own` [n] is each row's score with its centroid
    fit         float64 [k]: each cluster's part of the objective, from the sum S of its rows: |S|, or |S|^2 / size
    weights     float64 [n], positive: what each row counts, in sums and sizes; None: each as much
    """

    points: Tensor
    metric: Metric
    centroids: Tensor
    weights: Tensor | None = None
    assignment: Tensor = field(init=False)
    own: Tensor = field(init=False)
    length: Tensor = field(init=False)
    norms: Tensor = field(init=False)
    drift: Tensor = field(init=False)
    fit: Tensor = field(init=False)

    def __post_init__(self) -> None:
        n, k = len(self.points), len(self.centroids)
        self.assignment = torch.full((n,), -1, device=self.points.device)
        self.own = self.points.new_full((n,), -torch.inf)
        self.length, self.norms = self.points.norm(dim=1), self.centroids.norm(dim=1)
        self.drift = self.points.new_full((k,), torch.inf)
        self.fit = torch.zeros(k, dtype=torch.float64, device=self.points.device)

    @property
    def offsets(self) -> Tensor:
        return self.norms.square() / 2 if self.metric == "l2" else torch.zeros_like(self.norms)

    def objective(self) -> float:
        """Mean over the rows, as they count, of 1 - cosine, or of the squared distance to the own centroid; from the
        sums alone."""
        explained = float(self.fit.sum())
        total = len(self.points) if self.weights is None else float(self.weights.sum())
        if self.metric == "cosine":
            return 1 - explained / total
        squares = self.length.double().square()
        return (float((squares if self.weights is None else squares * self.weights).sum()) - explained) / total


def prepare(rows: Tensor, metric: Metric, origin: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Unit rows for cosine (zero rows stay zero). For L2, rows centred on their mean: distances are the same and the
    scores lose less to rounding. Returns the rows and the origin [d] that was subtracted."""
    if metric == "cosine":
        return normalize(rows, dim=1), rows.new_zeros(rows.shape[1])
    origin = rows.mean(dim=0, dtype=torch.float64).to(rows.dtype) if origin is None else origin
    return rows - origin, origin


def scores(points: Tensor, centroids: Tensor, offsets: Tensor, index: Tensor) -> Tensor:
    """[n]: the score of each row with the centroid of that index, block by block."""
    block = max(1, BLOCK_VALUES // points.shape[1])
    parts = zip(points.split(block), index.split(block), strict=True)
    products = [(x * centroids.index_select(0, i)).sum(dim=1) for x, i in parts]
    return torch.cat(products) - offsets[index]


def rounding(length: Tensor, norm: Tensor) -> Tensor:
    """By how much the score of rows of these lengths with centroids of these norms may be off."""
    return NOISE * torch.finfo(length.dtype).eps * (length + norm).square()


def improves(score: Tensor, index: Tensor, own: Tensor, previous: Tensor, length: Tensor, norms: Tensor) -> Tensor:
    """Where a row leaves its cluster `previous` (-1: none yet) for `index`: only for a score that is better beyond
    rounding. This is the stopping rule's half of an assignment."""
    noise = torch.maximum(rounding(length, norms[index]), rounding(length, norms[previous]))
    return score > own + noise


def fill_empty(assignment: Tensor, gain: Tensor, k: int) -> Tensor:
    """Move into each empty cluster the row that gains most from its own centroid, among clusters of two or more.

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


def gains(state: Clustering, assignment: Tensor, own: Tensor) -> Tensor:
    """[n]: what each row could gain by itself as centroid, to about four digits, so that like rows tie."""
    best = state.length.square() / 2 if state.metric == "l2" else state.length
    unit = rounding(state.length, state.norms[assignment]).clamp(min=torch.finfo(own.dtype).tiny) * 256
    gain = ((best - own) / unit).round() * unit
    return gain if state.weights is None else gain * state.weights.to(gain.dtype)


def refit(state: Clustering, assignment: Tensor) -> None:
    """Take a new assignment, and move the centroids of the clusters whose members changed to where these are now.

    A centroid is the renormalised sum of its rows (zero where that is zero) or, for L2, their mean, summed in float64
    in the order of the rows: the centroids of the other clusters would come out the same, bit for bit.
    """
    moved = assignment != state.assignment
    old, new = state.assignment[moved], assignment[moved]
    dirty = torch.zeros(len(state.centroids), dtype=torch.bool, device=assignment.device)
    dirty[torch.cat([old[old >= 0], new])] = True
    state.assignment = assignment
    changed, members = dirty.nonzero().flatten(), dirty[assignment].nonzero().flatten()
    place = dirty.cumsum(0)[assignment[members]] - 1
    counts = None if state.weights is None else state.weights[members]
    sums = _sums(state.points, members, place, len(changed), counts)
    sizes = torch.bincount(place, counts, minlength=len(changed)).unsqueeze(1)
    lengths = sums.norm(dim=1, keepdim=True)
    state.fit[changed] = (lengths if state.metric == "cosine" else lengths.square() / sizes).flatten()
    sums /= sizes if state.metric == "l2" else lengths.where(lengths > 0, 1)
    centroids = sums.to(state.centroids.dtype)
    del sums
    state.drift.zero_()
    state.drift[changed] = _drift(state.centroids[changed], centroids, state.metric)
    state.centroids[changed] = centroids
    state.norms[changed] = centroids.norm(dim=1)
    offsets = state.offsets
    for rows, x in _blocks(state.points, members):
        state.own[rows] = scores(x, state.centroids, offsets, assignment[rows])


def _sums(points: Tensor, members: Tensor, place: Tensor, k: int, counts: Tensor | None) -> Tensor:
    """float64 [k, d]: the sums of the rows `members` [m] by their `place` [m], each `counts` [m] times."""
    sums = torch.zeros(k, points.shape[1], dtype=torch.float64, device=points.device)
    start = 0
    for rows, x in _blocks(points, members):
        part = slice(start, start + len(rows))
        wide = x.double()
        sums.index_add_(0, place[part], wide if counts is None else wide * counts[part].unsqueeze(1))
        start += len(rows)
    return sums


def _blocks(points: Tensor, members: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """The rows `members`, in order, and their points, block by block: views where all rows are members."""
    blocks = members.split(max(1, BLOCK_VALUES // points.shape[1]))
    if len(members) == len(points):
        return zip(blocks, points.split(len(blocks[0])), strict=True)
    return ((rows, points.index_select(0, rows)) for rows in blocks)


def _drift(old: Tensor, new: Tensor, metric: Metric) -> Tensor:
    """How far centroids went, rounded up; without limit from or to the zero vector, which has no direction."""
    chord = (new - old).norm(dim=1)
    directed = (old.norm(dim=1) > 0.5) & (new.norm(dim=1) > 0.5)
    far = chord if metric == "l2" else (2 * torch.asin((chord / 2).clamp(max=1))).where(directed, torch.inf)
    return (far * (1 + 1e-5)).where(chord > 0, 0)


def not_finite(values: Tensor) -> Tensor:
    """Indices int64 of the rows that have a number which is not finite; extremes are found faster than asked one by
    one."""
    least, most = values.aminmax(dim=1)
    return (~(least.isfinite() & most.isfinite())).nonzero().flatten()
