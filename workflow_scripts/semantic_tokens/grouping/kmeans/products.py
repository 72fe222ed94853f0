"""Scores of rows with centroids, block by block, in the number type that the processor multiplies fastest.

For cosine these may be bfloat16, and the scores approximations with a proved bound of their error: whoever uses them
looks again, in full precision, at whatever the error could decide (`best.certain_best`).
"""

import torch
from torch import Tensor

from semantic_tokens.grouping.kmeans.lloyd import Clustering
from semantic_tokens.grouping.kmeans.nearest import BLOCK_SCORES, new_buffer, rows_of_scores, score_block

HALF = 2**-8  # unit of rounding of bfloat16: the largest relative error of one number
GATHERED = 512  # numbers that are copied of a row at least, while its best score is found
SAMPLE = 512  # rows asked whether approximate scores would tell their nearest centroid
WORTH = 0.5  # share of them that it must tell; otherwise too much is computed twice


def multiplies_halves(device: torch.device) -> bool:
    """Whether the processor has instructions for products of bfloat16 numbers, summed in float32."""
    if device.type == "cuda":
        with torch.cuda.device(device):
            return torch.cuda.is_bf16_supported(including_emulation=False)
    able = torch.cpu.get_capabilities()
    return torch.backends.mkldnn.is_available() and bool(able.get("avx512_bf16") or able.get("amx_bf16"))


class Products:
    """Scores of one run's rows with its centroids as they are now, less what is the same for all centroids.

    `halves` says whether they are approximate. A score is then x.(c - m) + x.m with the mean row m: the error grows
    with |c - m|, which is small in a table whose rows all point one way; `shift` [n] is x.m, in full precision, or 0.
    On a GPU PyTorch is then told, for the whole process, not to round partial sums to bfloat16.
    """

    def __init__(self, state: Clustering) -> None:
        self.metric, self.points, self.middle = state.metric, state.points, state.points.mean(dim=0)
        self.shift = torch.zeros_like(state.length)
        self.halves = state.metric == "cosine" and multiplies_halves(state.points.device) and self._worth_it(state)
        if self.halves:
            self.points, self.shift = state.points.bfloat16(), state.points @ self.middle
            if state.points.is_cuda:
                torch.backends.cuda.matmul.allow_bf16_reduced_precision_reduction = False
        self.buffer = new_buffer(self.points, len(state.centroids))

    def renew(self, state: Clustering) -> tuple[Tensor, Tensor]:
        """The centroids [k, d] as `__call__` takes them, and by how much the scores of a row [n] may be off, beside
        `lloyd.rounding`."""
        if not self.halves:
            return state.centroids, torch.zeros_like(state.length)
        centred = state.centroids - self.middle
        return centred.bfloat16(), self._error(state, centred)

    def rows_at_once(self, columns: int) -> int:
        """For how many rows there is room: for their scores with so many centroids, and for copies of them."""
        return min(rows_of_scores(self.buffer, columns), max(1, BLOCK_SCORES // max(self.points.shape[1], GATHERED)))

    def __call__(self, ids: Tensor, centroids: Tensor, offsets: Tensor) -> Tensor:
        """[b, m]: scores, less `shift`, of the rows `ids` with some of those centroids; valid until the next call."""
        scores = score_block(self.buffer, len(ids), len(centroids))
        torch.mm(self.points.index_select(0, ids), centroids.T, out=scores)
        return scores.sub_(offsets) if self.metric == "l2" else scores

    def _error(self, state: Clustering, centred: Tensor) -> Tensor:
        """[n]: both factors and their product are rounded to bfloat16; the d sums, and the differences from the mean
        row and `shift`, in float32, with room for processors that cut off instead of rounding."""
        in_halves = (3 * HALF + 3 * HALF**2) * centred.norm(dim=1).max()
        in_full = state.points.shape[1] * 2**-22 * (state.norms.max() + self.middle.norm())
        return (in_halves + in_full) * state.length

    def _worth_it(self, state: Clustering) -> bool:
        """Whether for most rows the best centroid is so much better than the second that approximations tell it."""
        if len(state.centroids) == 1:
            return True
        count = max(1, min(SAMPLE, BLOCK_SCORES // len(state.centroids)))
        sample = torch.arange(0, len(state.points), -(-len(state.points) // count), device=state.points.device)
        best = (state.points[sample] @ state.centroids.T).topk(2, dim=1).values
        error = self._error(state, state.centroids - self.middle)[sample]
        return float((best[:, 0] - best[:, 1] > 2 * error).double().mean()) >= WORTH
