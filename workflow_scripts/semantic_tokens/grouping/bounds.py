"""The torch back end: plain Lloyd's assignment, with most of its products proved to be needless.

For each row a lower bound of its distance to every centroid but its own is kept (Hamerly, 2010), as an angle for
cosine. When centroids have moved, only one that went farther than a row's slack, the bound less the distance to the
own centroid, can have become the nearest. Most centroids soon stay where they are, so most rows need to be compared
with few: rows are sorted by slack and compared, part by part, with the centroids that went far enough.

Bounds allow for rounding by as much as a row must gain to move, so what is left out changes no assignment.
"""

import torch
from torch import Tensor

from semantic_tokens.grouping.lloyd import Clustering, Metric, first_best, improves, rounding
from semantic_tokens.grouping.nearest import new_buffer, rows_of_scores, score_block

PARTS = 32  # parts of the sorted rows, of PART_ROWS at least; for each, its centroids are gathered once
PART_ROWS = 1024
SPENT = 0.5  # share of its slack that a row may lose in one step to centroids that it is not compared with
FAR = 1e30  # the bound where there is no other centroid; infinity less infinity would not be a number


class BoundedSearch:
    """Nearest centroids of one run of K-Means; remembers the bounds from call to call."""

    def __init__(self, state: Clustering) -> None:
        self.bound = torch.full_like(state.own, -torch.inf)  # no centroid but the own one is nearer
        self.assignment = state.assignment  # the own centroids that the bounds are about
        self.buffer = new_buffer(state.own, len(state.centroids))

    def __call__(self, state: Clustering, allowed: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """As `search.Search`. A cluster that was not allowed in the last call must have infinite drift."""
        self.bound[state.assignment != self.assignment] = -torch.inf
        noise = rounding(state.length, state.norms.max())
        slack = self.bound - _distance(state.own - noise, state.length, state.metric)
        slack, order = slack.sort(stable=True)
        drift = state.drift if allowed is None else state.drift.where(allowed, -1)
        # A row without slack is compared with every centroid, those that stayed included.
        reach = (SPENT * slack).where(slack > 0, -0.5)
        assignment, own = state.assignment.clone(), state.own.clone()
        part = max(PART_ROWS, -(-len(order) // PARTS))
        for rows, least in zip(order.split(part), reach[::part], strict=True):
            near = (drift > least).nonzero().flatten()
            self.bound[rows] = self._bound_of_the_rest(rows, drift, least)
            if len(near):
                self._compare(state, rows, near, noise, assignment, own)
        self.assignment = assignment
        return assignment, own

    def _bound_of_the_rest(self, rows: Tensor, drift: Tensor, least: Tensor) -> Tensor:
        """The bound of these rows for the centroids that went at most `least`; they may all have come nearer."""
        rest = drift[(drift >= 0) & (drift <= least)]
        return (self.bound[rows] - rest.max()) * (1 - 1e-6) if len(rest) else torch.full_like(self.bound[rows], FAR)

    def _compare(
        self, state: Clustering, rows: Tensor, near: Tensor, noise: Tensor, assignment: Tensor, own: Tensor
    ) -> None:
        """Compare `rows` with the centroids `near`; write what changes into assignment, own and the bounds."""
        everything = len(near) == len(state.centroids)
        centroids = state.centroids if everything else state.centroids.index_select(0, near)
        offsets = state.offsets[near]
        place = torch.full_like(state.norms, -1, dtype=torch.int64)
        place[near] = torch.arange(len(near), device=near.device)
        for ids in rows.split(rows_of_scores(self.buffer, len(near))):
            previous = state.assignment[ids]
            scores = score_block(self.buffer, len(ids), len(near))
            torch.mm(state.points.index_select(0, ids), centroids.T, out=scores)
            if state.metric == "l2":
                scores -= offsets
            with_own = ((previous >= 0) & (place[previous] >= 0)).nonzero().flatten()
            scores[with_own, place[previous[with_own]]] = -torch.inf
            best = scores.amax(dim=1)
            better = (best > state.own[ids]).nonzero().flatten()
            other = best
            if len(better):
                some, length = ids[better], state.length[ids[better]]
                scores = scores if len(better) == len(ids) else scores.index_select(0, better)
                index, score = first_best(scores, length)
                goes = improves(score, near[index], state.own[some], previous[better], length, state.norms)
                second = scores.scatter_(1, index.unsqueeze(1), -torch.inf).amax(dim=1)
                second = torch.maximum(second, state.own[some])  # the centroid that it leaves is now another one
                other = best.index_copy(0, better[goes], second[goes])
                assignment[some[goes]], own[some[goes]] = near[index[goes]], score[goes]
            reached = _distance(other + noise[ids], state.length[ids], state.metric)
            self.bound[ids] = torch.minimum(self.bound[ids], reached)


def _distance(score: Tensor, length: Tensor, metric: Metric) -> Tensor:
    """From score to angle for cosine, to Euclidean distance for L2: measures in which drifts add up."""
    if metric == "l2":
        return (length.square() - 2 * score).clamp(min=0).sqrt()
    return torch.acos(score.clamp(-1, 1))
