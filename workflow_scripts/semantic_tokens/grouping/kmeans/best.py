"""The best of each row's scores: read from the scores themselves, or from approximations with a bound of their error.

In both, scores that tie but for rounding count as equal, and the first of them is the best.
"""

import torch
from torch import Tensor

from semantic_tokens.grouping.kmeans.lloyd import BLOCK_VALUES, Clustering, rounding

RUN = 64  # columns of scores looked at together
CANDIDATES = 4  # a row, on average: where more are in question, all of the rows' scores are computed instead


def maximum(scores: Tensor) -> Tensor:
    """Along the last dimension. The bits of bfloat16 numbers, read as integers, are in the numbers' order where these
    are not negative, and their maximum is found several times faster on a CPU."""
    if scores.dtype != torch.bfloat16 or scores.is_cuda:
        return scores.amax(dim=-1)
    bits = scores.view(torch.int16).amax(dim=-1)
    return bits.view(torch.bfloat16) if bool((bits >= 0).all()) else scores.amax(dim=-1)


def first_best(scores: Tensor, length: Tensor) -> tuple[Tensor, Tensor]:
    """Index and score [b] of the best of each row's scores [b, k], of rows of this length [b].

    The scores are read once, for the maxima of runs of columns; what follows looks at these and at one run a row.
    """
    maxima = _run_maxima(scores)
    least = (maxima.amax(dim=1) - rounding(length, length)).unsqueeze(1)
    run = _first(maxima >= least) * RUN
    columns = (run + torch.arange(RUN, device=scores.device)).clamp(max=scores.shape[1] - 1)
    index = columns.gather(1, _first(scores.gather(1, columns) >= least))
    return index.squeeze(1), scores.gather(1, index).squeeze(1)


def certain_best(
    approximate: Tensor, error: Tensor, state: Clustering, ids: Tensor, near: Tensor
) -> tuple[Tensor, Tensor]:
    """As `first_best`, by cosine, of the exact scores of the rows `ids` [b] with the centroids `near` [m]: the index is
    one of `near`'s. The approximate scores [b, m] are off by at most `error` [b], so only few can be those of the best;
    where one is -inf the centroid is not wanted."""
    length = state.length[ids]
    pairs = _candidates(approximate, 2 * error + rounding(length, length))
    if pairs is None:
        scores = state.points.index_select(0, ids) @ state.centroids.index_select(0, near).T
        return first_best(scores.masked_fill_(approximate == -torch.inf, -torch.inf), length)
    row, column = pairs
    block = max(1, BLOCK_VALUES // state.points.shape[1])
    parts = zip(ids[row].split(block), near[column].split(block), strict=True)
    score = torch.cat(
        [(state.points.index_select(0, r) * state.centroids.index_select(0, c)).sum(dim=1) for r, c in parts]
    )
    best = score.new_full((len(ids),), -torch.inf).scatter_reduce(0, row, score, "amax")
    ties = (score >= (best - rounding(length, length))[row]).nonzero().flatten()
    first = ties[torch.searchsorted(row[ties], torch.arange(len(ids), device=row.device))]
    return column[first], score[first]


def _candidates(scores: Tensor, margin: Tensor) -> tuple[Tensor, Tensor] | None:
    """Row and column int64 of the scores [b, m] that are within `margin` [b] of their row's best, in order; None if
    these are many."""
    maxima = _run_maxima(scores)
    least = maxima.amax(dim=1) - margin
    row, run = (maxima >= least.unsqueeze(1)).nonzero(as_tuple=True)
    if len(row) > CANDIDATES * len(scores):
        return None
    columns = run.unsqueeze(1) * RUN + torch.arange(RUN, device=scores.device)
    inside = scores[row.unsqueeze(1), columns.clamp(max=scores.shape[1] - 1)] >= least[row].unsqueeze(1)
    pair, place = (inside & (columns < scores.shape[1])).nonzero(as_tuple=True)
    return (row[pair], columns[pair, place]) if len(pair) <= CANDIDATES * len(scores) else None


def _run_maxima(scores: Tensor) -> Tensor:
    """[b, runs]: the best of each run of columns; the last one may be shorter."""
    whole = scores.shape[1] // RUN * RUN
    maxima = maximum(scores[:, :whole].unflatten(1, (-1, RUN)))
    if whole < scores.shape[1]:
        maxima = torch.cat([maxima, maximum(scores[:, whole:]).unsqueeze(1)], dim=1)
    return maxima


def _first(true: Tensor) -> Tensor:
    """int64 [b, 1]: the first column of bool [b, m] that is true in each row."""
    return true.view(torch.uint8).argmax(dim=1, keepdim=True)
