"""The torch back end: plain Lloyd's assignment, with most of its products proved unnecessary.

For each row a lower bound of its distance to every centroid but its own is kept (Hamerly, 2010), as an angle for
cosine. When centroids have moved, only one that went farther than a row's slack, the bound less the distance to the
own centroid, can have become the nearest. Most centroids soon stay where they are, so most rows need to be compared
with few: rows are sorted by slack and compared, part by part, with the centroids that went far enough.

Bounds allow for rounding by as much as a row must gain to move, and for the error of the products where these are
approximations, so what is left out changes no assignment.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from semantic_tokens.grouping.kmeans.best import certain_best, first_best, maximum
from semantic_tokens.grouping.kmeans.lloyd import Clustering, Metric, improves, rounding
from semantic_tokens.grouping.kmeans.products import Products

PARTS = 32  # parts of the sorted rows at most; for each, its centroids are gathered once
PART_ROWS = 1024  # rows of a part at least,
PART_SCORES = 2**21  # and as many as have so many scores with all centroids
STEP = 64  # a part is compared with a multiple of so many centroids: a product of a new shape costs a set-up
SPENT = 0.5  # share of its slack that a row may lose in one step to centroids that it is not compared with
FAR = 1e30  # the bound where there is no other centroid; infinity less infinity would not be a number


@dataclass
class Rows:
    """Some rows, each field [b]: their indices in the table, their norms, where they are and at what score, their
    bounds; how far scores may be off by rounding; `shift` and `error` of the products. Parts are views."""

    ids: Tensor
    length: Tensor
    assignment: Tensor
    own: Tensor
    bound: Tensor
    noise: Tensor
    shift: Tensor
    error: Tensor

    def split(self, size: int) -> Iterator["Rows"]:
        columns = (getattr(self, field.name).split(size) for field in fields(self))
        return (Rows(*part) for part in zip(*columns, strict=True))


class BoundedSearch:
    """Nearest centroids of one run of K-Means; remembers the bounds from call to call."""

    def __init__(self, state: Clustering) -> None:
        self.bound = torch.full_like(state.own, -torch.inf)  # no centroid but the own one is nearer
        self.assignment = state.assignment  # the own centroids that the bounds are about
        self.products = Products(state)

    def __call__(self, state: Clustering, allowed: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """As `search.Search`. A cluster that was not allowed in the last call must have infinite drift."""
        centroids, error = self.products.renew(state)
        rows, reach = self._by_slack(state, error)
        drift = state.drift if allowed is None else state.drift.where(allowed, -1)
        drift, by_drift = drift.sort(descending=True, stable=True)
        usable = len(drift) if allowed is None else int(allowed.sum())
        part = max(PART_ROWS, -(-len(rows.ids) // PARTS), PART_SCORES // len(drift))
        counts = torch.searchsorted(-drift, -reach[::part].contiguous()).tolist()  # how many went farther
        for some, count in zip(rows.split(part), counts, strict=True):
            count = min(-(-count // STEP) * STEP, usable)
            if count < usable:  # the centroids that are left out may all have come nearer
                some.bound.sub_(drift[count]).mul_(1 - 1e-6)
            else:
                some.bound.fill_(FAR)
            if count:
                self._compare(state, some, centroids, by_drift[:count].sort().values)
        self.assignment = torch.empty_like(rows.assignment).index_copy_(0, rows.ids, rows.assignment)
        self.bound.index_copy_(0, rows.ids, rows.bound)
        return self.assignment, torch.empty_like(rows.own).index_copy_(0, rows.ids, rows.own)

    def _by_slack(self, state: Clustering, error: Tensor) -> tuple[Rows, Tensor]:
        """The rows in the order of their slack, and how far a centroid must have gone to be compared with them."""
        bound = self.bound.where(state.assignment == self.assignment, -torch.inf)
        noise = rounding(state.length, state.norms.max())
        slack = bound - _distance(state.own - noise, state.length, state.metric)
        slack, order = slack.sort(stable=True)
        columns = (state.length, state.assignment, state.own, bound, noise, self.products.shift, error)
        # A row without slack is compared with every centroid, those that stayed included.
        return Rows(order, *(column[order] for column in columns)), (SPENT * slack).where(slack > 0, -0.5)

    def _compare(self, state: Clustering, rows: Rows, centroids: Tensor, near: Tensor) -> None:
        """Compare the rows with the centroids `near`; write what changes into the rows."""
        centroids = centroids if len(near) == len(centroids) else centroids.index_select(0, near)
        offsets = state.offsets[near]
        place = torch.full_like(state.norms, -1, dtype=torch.int64)
        place[near] = torch.arange(len(near), device=near.device)
        for some in rows.split(self.products.rows_at_once(len(near))):
            scores = self.products(some.ids, centroids, offsets)
            own = place[some.assignment].where(some.assignment >= 0, -1)
            known = (own >= 0).nonzero().flatten()
            scores[known, own[known]] = -torch.inf
            best = maximum(scores) + some.shift + some.error  # of the others, at most
            better = (best > some.own).nonzero().flatten()
            if len(better):
                best[better] = self._move(state, some, better, best[better], scores, near)
            torch.minimum(some.bound, _distance(best + some.noise, some.length, state.metric), out=some.bound)

    def _move(
        self, state: Clustering, rows: Rows, better: Tensor, best: Tensor, scores: Tensor, near: Tensor
    ) -> Tensor:
        """Move those of the rows at `better` [m] that gain by it. Returns the score of the best other centroid [m], at
        most, which is `best` where they stay."""
        scores = scores if len(better) == len(scores) else scores.index_select(0, better)
        ids, length, error = rows.ids[better], rows.length[better], rows.error[better]
        own, previous = rows.own[better], rows.assignment[better]
        exact = not self.products.halves
        index, score = first_best(scores, length) if exact else certain_best(scores, error, state, ids, near)
        goes = improves(score, near[index], own, previous, length, state.norms)
        second = maximum(scores.scatter_(1, index.unsqueeze(1), -torch.inf)) + rows.shift[better] + error
        second = torch.maximum(second, own)  # the centroid that it leaves is now another one
        rows.assignment[better], rows.own[better] = near[index].where(goes, previous), score.where(goes, own)
        return second.where(goes, best)


def _distance(score: Tensor, length: Tensor, metric: Metric) -> Tensor:
    """From score to angle for cosine, to Euclidean distance for L2: measures in which drifts add up."""
    if metric == "l2":
        return (length.square() - 2 * score).clamp(min=0).sqrt()
    return torch.acos(score.clamp(-1, 1))
