"""Information-aware K-Means: groups whose members are alike, and are rarely met in one language; our own variant.

It maximises the mean cosine of a row with its centroid, less a price for each bit that groups hide: the entropy of a
token given its language, less that of its group, in bits per token and averaged over languages. K-Means, which joins
words of like use, puts most running tokens into a group with a more frequent word of their own language. With a price
on bits, words of one language stay apart, and translations, which cost nothing, may still meet.

From the groups of K-Means on, rows and centroids move in turn. A row, most frequent first, goes where the objective
gains most: to one of the groups that were nearest to it at first, or to the one that its language uses least; the exact
gain follows from the shares of the text that groups hold. The centroids follow. Rows that occur in no text go to the
nearest centroid at the end. No step worsens the objective.
"""

import logging
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from semantic_tokens.grouping.kmeans.lloyd import Clustering, improves, prepare, refit, rounding
from semantic_tokens.grouping.kmeans.nearest import new_buffer, rows_of_scores, score_block
from semantic_tokens.grouping.kmeans.spherical_kmeans import KMeansResult

log = logging.getLogger(__name__)
CANDIDATES = 32  # nearest groups that a row may join
_GATHERED = 2**24  # numbers of centroids copied at a time: 64 MiB
ENOUGH = 1e-4  # of the objective: a pass that gains less is the last


@dataclass(frozen=True)
class InformationResult:
    """clusters as in K-Means; objective, mean cosine less the price of the bits lost, before the first pass and after
    each (higher is better); bits lost at the end."""

    clusters: KMeansResult
    objective: list[float]
    bits_lost: float


class Bits:
    """What the groups of n rows hide of a text in several languages, and what it would be if rows moved.

    held [languages, k]: of each language's text, the share that each group holds. frequency [n]: the sum of a row's
    shares over the languages.
    """

    def __init__(self, counts: np.ndarray, assignment: np.ndarray, k: int) -> None:
        counts = counts[counts.sum(axis=1) > 0]
        share = counts / counts.sum(axis=1, keepdims=True)
        self.frequency = share.sum(axis=0)
        self.held = np.stack([np.bincount(assignment, weights=own, minlength=k) for own in share])
        self._apart = float(_p_log_p(share).sum())
        row, self._languages = np.nonzero(share.T)
        self._shares = share.T[row, self._languages]
        self._starts = np.append(0, np.bincount(row, minlength=len(self.frequency)).cumsum())

    def lost(self) -> float:
        """Bits per token, each language weighing the same."""
        return (float(_p_log_p(self.held).sum()) - self._apart) / len(self.held)

    def of_row(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        """The languages [l] in which a row occurs, and its shares [l] of these."""
        places = slice(self._starts[row], self._starts[row + 1])
        return self._languages[places], self._shares[places]

    def cost(self, languages: np.ndarray, share: np.ndarray, groups: np.ndarray) -> np.ndarray:
        """[c]: bits that groups [c], which lack a row, would lose by it, but for what is the same for all groups. The
        row has these shares [l] of these languages [l]."""
        held = self.held[languages[:, None], groups]
        joined = _p_log_p(held + share[:, None]) - _p_log_p(held)
        return joined.sum(axis=0) / len(self.held)


def information_kmeans(
    rows: Tensor,
    start: KMeansResult,
    counts: np.ndarray,
    bit_cost: float,
    *,
    max_iterations: int,
    weights: Tensor | None = None,
) -> InformationResult:
    """From a spherical K-Means of `rows` [n, d] to groups that lose fewer bits, as many and none empty.

    counts: int [languages, n], how often each row's token occurs in the text of each language. bit_cost: mean cosine
    that a bit per token is worth; at 0 the start is the result. `weights` [n] are those of the start. Besides the rows,
    a few times n x `CANDIDATES` numbers are held. Deterministic on CPU.
    """
    points = prepare(rows, "cosine")[0]
    state = Clustering(points, "cosine", start.centroids.clone(), weights)
    refit(state, start.assignment)
    bits = Bits(counts, start.assignment.cpu().numpy(), len(start.centroids))
    objective, moved = [1 - state.objective() - bit_cost * bits.lost()], 0
    if bit_cost == 0:
        return InformationResult(start, objective, bits.lost())
    order = torch.from_numpy(np.argsort(-bits.frequency, kind="stable")).to(rows.device)
    occurring, never = order.split([int((bits.frequency > 0).sum()), int((bits.frequency == 0).sum())])
    nearest = nearest_groups(state, occurring, CANDIDATES)
    progress = tqdm(range(max_iterations), desc="information-aware K-Means", unit="pass", delay=5)
    for _ in progress:
        assignment, moved = _move_rows(state, bits, bit_cost, occurring, nearest)
        if moved:
            refit(state, assignment)
        objective.append(1 - state.objective() - bit_cost * bits.lost())
        progress.set_postfix(moved=moved, objective=f"{objective[-1]:.5f}", refresh=False)
        if objective[-1] - objective[-2] < ENOUGH:
            moved = 0
            break
    progress.close()
    if len(never):
        refit(state, _to_the_nearest(state, never))
        objective.append(1 - state.objective() - bit_cost * bits.lost())
    if moved:
        log.warning("information-aware K-Means stopped after %d passes, %d rows still moving", max_iterations, moved)
    cosines = [*start.objective, state.objective()]
    found = KMeansResult(state.assignment, state.centroids, cosines, start.iterations + len(objective) - 1, moved == 0)
    return InformationResult(found, objective, bits.lost())


def nearest_groups(state: Clustering, rows: Tensor, most: int) -> Tensor:
    """int64 [m, c]: the `most` centroids nearest to each of these rows [m], or all, nearest first."""
    count = min(most, len(state.centroids))
    buffer, found = new_buffer(state.points, len(state.centroids)), []
    for part in rows.split(rows_of_scores(buffer, len(state.centroids))):
        scores = score_block(buffer, len(part), len(state.centroids))
        torch.mm(state.points[part], state.centroids.T, out=scores)
        found.append(scores.topk(count, dim=1).indices)
    return torch.cat(found)


def _move_rows(
    state: Clustering, bits: Bits, bit_cost: float, occurring: Tensor, nearest: Tensor
) -> tuple[Tensor, int]:
    """The assignment after one pass over the rows `occurring` [m], each of which may join the groups `nearest` [m, c],
    and how many moved. `bits` follows; a group keeps its last row."""
    rows, groups = occurring.cpu().numpy(), nearest.cpu().numpy()
    cosines = _cosines(state, occurring, nearest).double().cpu().numpy()
    assignment, own = state.assignment.cpu().numpy().copy(), state.own.double().cpu().numpy()
    points, centroids = state.points.cpu().numpy(), state.centroids.cpu().numpy()
    sizes = np.bincount(assignment, minlength=len(centroids))
    worth = np.ones(len(assignment)) if state.weights is None else state.weights.cpu().numpy()
    worth = worth / worth.sum()  # of a cosine, in the objective
    noise = rounding(state.length, state.length).double().cpu().numpy()
    moved = 0
    for row, near, cosine in zip(rows, groups, cosines, strict=True):
        here = assignment[row]
        if sizes[here] == 1:
            continue
        languages, share = bits.of_row(row)
        bits.held[languages, here] -= share
        unused = bits.held[languages[share.argmax()]].argmin()
        choice = np.append(near, [unused, here])
        better = np.append(cosine, [points[row] @ centroids[unused], own[row]]) - own[row]
        gain = worth[row] * better - bit_cost * bits.cost(languages, share, choice)
        best = int(gain.argmax())
        there = choice[best] if gain[best] > gain[-1] + worth[row] * noise[row] else here
        bits.held[languages, there] += share
        if there != here:
            assignment[row] = there
            sizes[here] -= 1
            sizes[there] += 1
            moved += 1
    return torch.from_numpy(assignment).to(state.assignment.device), moved


def _to_the_nearest(state: Clustering, rows: Tensor) -> Tensor:
    """The assignment after each of these rows has gone to the centroid nearest to it, unless it is its group's last."""
    best = nearest_groups(state, rows, 1).squeeze(1)
    score = _cosines(state, rows, best.unsqueeze(1)).squeeze(1)
    length = state.length[rows]
    moves = improves(score, best, state.own[rows], state.assignment[rows], length, state.norms)
    assignment = state.assignment.clone()
    sizes = torch.bincount(assignment, minlength=len(state.centroids)).tolist()
    for row, here, there in zip(rows[moves].tolist(), assignment[rows[moves]].tolist(), best[moves].tolist()):
        if sizes[here] > 1:
            assignment[row] = there
            sizes[here] -= 1
            sizes[there] += 1
    return assignment


def _cosines(state: Clustering, rows: Tensor, groups: Tensor) -> Tensor:
    """[m, c]: of each of these rows [m] with the centroids of its groups [m, c]."""
    block = max(1, _GATHERED // (groups.shape[1] * state.points.shape[1]))
    parts = zip(rows.split(block), groups.split(block), strict=True)
    return torch.cat([torch.einsum("nd,ncd->nc", state.points[part], state.centroids[near]) for part, near in parts])


def _p_log_p(share: np.ndarray) -> np.ndarray:
    """In bits; 0 of 0. A share that should be 0 may be off by rounding."""
    return share * np.log2(np.maximum(share, 1e-300))
