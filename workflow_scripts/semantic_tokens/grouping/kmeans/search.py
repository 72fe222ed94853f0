"""The search of one run of K-Means: by one back end on one device, or with the rows split over several."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Protocol

import torch
from torch import Tensor

from semantic_tokens.grouping.kmeans.bounds import BoundedSearch
from semantic_tokens.grouping.kmeans.lloyd import Clustering
from semantic_tokens.grouping.kmeans.nearest import PlainSearch


class Search(Protocol):
    def __call__(self, state: Clustering, allowed: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Assignment int64 [n] and score [n]: the best centroid of each row, its own unless another one `improves`.

        Only `allowed` clusters (bool [k]; default all) take new rows.
        """


def new_search(backend: str, state: Clustering, devices: Sequence[torch.device] = ()) -> Search:
    """A search by the back end of that name; by `torch`, on all of these devices where there are several."""
    if backend != "torch":
        return PlainSearch(backend)
    return SplitSearch(state, devices) if len(devices) > 1 else BoundedSearch(state)


class SplitSearch:
    """Each device searches its part of the rows, with its own bounds.

    The search is nearly all of K-Means: n x k x d products, against the n x d sums of the centroids. These stay on the
    device of `state`, in the order of the rows, so the centroids are those that one device would find.
    """

    def __init__(self, state: Clustering, devices: Sequence[torch.device]) -> None:
        cuts = [len(state.points) * i // len(devices) for i in range(len(devices) + 1)]
        self.rows = [slice(start, end) for start, end in pairwise(cuts) if start < end]
        self.parts = [
            Clustering(state.points[part].to(device), state.metric, state.centroids.to(device))
            for part, device in zip(self.rows, devices)
        ]
        self.searches = [BoundedSearch(part) for part in self.parts]

    def __call__(self, state: Clustering, allowed: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """As `Search`. One thread per device, since a device is waited for whenever a count is read from it."""
        with ThreadPoolExecutor(len(self.parts)) as pool:
            found = list(pool.map(lambda i: self._search(i, state, allowed), range(len(self.parts))))
        assignments, scores = zip(*found)
        home = state.points.device
        return torch.cat([a.to(home) for a in assignments]), torch.cat([s.to(home) for s in scores])

    def _search(self, i: int, state: Clustering, allowed: Tensor | None) -> tuple[Tensor, Tensor]:
        part, rows = self.parts[i], self.rows[i]
        device = part.points.device
        part.centroids, part.norms, part.drift = (t.to(device) for t in (state.centroids, state.norms, state.drift))
        part.assignment, part.own = state.assignment[rows].to(device), state.own[rows].to(device)
        return self.searches[i](part, None if allowed is None else allowed.to(device))
