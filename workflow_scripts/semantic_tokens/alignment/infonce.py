"""InfoNCE on the rows of an embedding table: it draws translations together and the rest of a batch apart (section
2.2)."""

import logging
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from semantic_tokens.alignment.held_out import HeldOut, hold_out, precision_at_1
from semantic_tokens.alignment.pairs import TokenPairs, by_value
from semantic_tokens.alignment.settings import AlignmentSettings
from semantic_tokens.alignment.shuffled import shuffled
from semantic_tokens.errors import InputError
from semantic_tokens.models.finite import require_finite, require_finite_loss

log = logging.getLogger(__name__)

HistoryRow = dict[str, float | int | bool]
_ROWS_AT_ONCE = 16_384


@dataclass(frozen=True, eq=False)
class AlignmentResult:
    """embeddings [V, d], aligned; the learning rate chosen; history: one row per learning rate and epoch (0 = before)
    with `learning_rate, epoch, loss, held_out_precision_at_1, drift, chosen`; drift is the mean over the trained tokens
    of 1 - cosine to the original row."""

    embeddings: Tensor
    learning_rate: float
    history: list[HistoryRow]


def align(
    embeddings: Tensor, pairs: TokenPairs, settings: AlignmentSettings, seed: int, shuffle: bool = False
) -> AlignmentResult:
    """Train the rows of `embeddings` [V, d] that occur in pairs; all others stay as they are, bit for bit.

    Every learning rate is tried on the same batches; the one with the highest held-out precision@1 after the last epoch
    is kept (ties go to the smaller), as trained, without the held-out pairs. Only directions move: each row gets its
    norm back. With `shuffle`, the control: what is trained on are the training pairs `shuffled`; what is held out stays
    true, so that precision@1 says whether they translate.
    InputError: no pairs; several learning rates and no pair that can be held out to choose among them; or numbers that
    are not finite, in the table, as a loss or as the result.
    """
    if len(pairs) == 0:
        raise InputError("alignment: no word pair has one subword on each side; nothing to align")
    require_finite([("the table", embeddings)], "alignment")
    # Ids that count the m tokens of the pairs alone: every one keeps a partner in training, so all their rows move.
    tokens, local = np.unique(np.stack([pairs.a, pairs.b]), return_inverse=True)
    pairs = replace(pairs, a=local[0], b=local[1])
    held_out = hold_out(pairs, settings.held_out, seed)
    rates = sorted(settings.learning_rates)
    if not held_out.queries and len(rates) > 1:
        raise InputError(
            f"alignment: {len(pairs)} pairs with held_out = {settings.held_out} leave none to choose a learning "
            "rate by (the words of a held-out pair each need another partner); provide more pairs or one learning rate"
        )
    trained = replace(pairs, **{name: getattr(pairs, name)[held_out.training] for name in ("a", "b", "language_pair")})
    trained = shuffled(trained, pairs, seed) if shuffle else trained
    index = torch.from_numpy(tokens).to(embeddings.device)
    best, rows, history = -math.inf, embeddings[index], list[HistoryRow]()
    for rate in rates:
        moved, course = _train(embeddings[index], trained, held_out, settings, rate, seed)
        history += course
        score = course[-1]["held_out_precision_at_1"]
        log.info("%d pairs trained at learning rate %g: precision@1 %g", len(trained), rate, score)
        if score > best or len(rates) == 1:  # a single rate may have nothing held out, and no score
            best, rows, chosen = score, moved, rate
    history = [row | {"chosen": row["learning_rate"] == chosen} for row in history]
    return AlignmentResult(embeddings.index_copy(0, index, rows), chosen, history)


def info_nce(a: Tensor, b: Tensor, masked: Tensor, temperature: float) -> Tensor:
    """Symmetric InfoNCE of B pairs: a, b [B, d]; masked bool [B, B], the combinations that are not negatives."""
    cosine = functional.normalize(a, dim=1) @ functional.normalize(b, dim=1).T
    logits = (cosine / temperature).masked_fill(masked, -torch.inf)
    target = torch.arange(len(a), device=a.device)
    return (functional.cross_entropy(logits, target) + functional.cross_entropy(logits.T, target)) / 2


class KnownPairs:
    """The training pairs as neighbour lists, to find in a batch the combinations that are translations too.

    Held-out pairs are not among them: a combination that the training must not know of may serve as a negative, as a
    translation missing from every dictionary would.
    """

    def __init__(self, a: Tensor, b: Tensor, n_tokens: int) -> None:
        both = torch.unique(torch.stack([torch.cat([a, b]), torch.cat([b, a])]), dim=1)
        self.neighbours = both[1]
        self.degree = torch.bincount(both[0], minlength=n_tokens)
        self.start = self.degree.cumsum(0) - self.degree
        self.column = torch.full((n_tokens,), -1, device=a.device)

    def masked(self, a: Tensor, b: Tensor) -> Tensor:
        """bool [B, B]: (i, j), i != j, where a_i and b_j are the same token or a known pair (b_i again included)."""
        distinct, position = b.unique(return_inverse=True)
        self.column[distinct] = torch.arange(len(distinct), device=b.device)
        row = torch.arange(len(a), device=a.device).repeat_interleave(self.degree[a])
        nth = torch.arange(len(row), device=a.device) - (self.degree[a].cumsum(0) - self.degree[a])[row]
        column = self.column[self.neighbours[self.start[a][row] + nth]]
        known = torch.zeros(len(a), len(distinct), dtype=torch.bool, device=a.device)
        known[row[column >= 0], column[column >= 0]] = True
        self.column[distinct] = -1
        return (known[:, position] | (a[:, None] == b)).fill_diagonal_(False)


def batches(language_pair: np.ndarray, exponent: float, batch_size: int, seed: int, epoch: int) -> Iterator[np.ndarray]:
    """Indices of one epoch's pairs, in batches. As many draws as pairs; a pair of languages with n pairs gets a share
    in proportion to n^exponent, its pairs being gone through in turn, in random order, before any comes again."""
    rng = np.random.default_rng([seed, epoch])
    _, of_names = by_value(language_pair)
    sizes = np.array([len(members) for members in of_names])
    share = sizes**exponent / (sizes**exponent).sum()
    # Largest remainders: the draws add up to the number of pairs whatever the rounding.
    draws = np.floor(share * len(language_pair)).astype(int)
    draws[np.argsort(draws - share * len(language_pair), kind="stable")[: len(language_pair) - draws.sum()]] += 1
    order = []
    for members, size, count in zip(of_names, sizes, draws, strict=True):
        order += [rng.permutation(members) for _ in range(count // size)] + [rng.permutation(members)[: count % size]]
    shuffled = rng.permutation(np.concatenate(order))
    return (shuffled[start : start + batch_size] for start in range(0, len(shuffled), batch_size))


def _train(
    original: Tensor, pairs: TokenPairs, held_out: HeldOut, settings: AlignmentSettings, rate: float, seed: int
) -> tuple[Tensor, list[HistoryRow]]:
    """One run over all epochs on the rows [m, d] of the pairs' tokens: the rows, norms restored, and the history."""
    a, b = (torch.from_numpy(ids).to(original.device) for ids in (pairs.a, pairs.b))
    known = KnownPairs(a, b, len(original))
    rows = original.clone()
    rows.grad = torch.zeros_like(rows)
    optimizer = torch.optim.Adam([rows], lr=rate, fused=True)  # the rows are many: one pass over them, not ten
    history: list[HistoryRow] = [
        {"learning_rate": rate, "epoch": 0, "loss": float("nan")} | _state(rows, original, held_out)
    ]
    for epoch in tqdm(range(settings.epochs), desc=f"InfoNCE, learning rate {rate:g}", unit="epoch", delay=5):
        total = 0.0
        for batch in batches(pairs.language_pair, settings.language_sampling, settings.batch_size, seed, epoch):
            i, j = a[batch], b[batch]
            # The gradient is taken of the batch's rows alone, a dense one of all m being mostly zeros.
            touched, place = torch.stack([i, j]).unique(return_inverse=True)
            moving = rows[touched].requires_grad_()
            # embedding() and not moving[place]: the gradient of an index sums in the threads' order, never the same.
            first, second = functional.embedding(place, moving)
            loss = info_nce(first, second, known.masked(i, j), settings.temperature)
            (rows.grad[touched],) = torch.autograd.grad(loss, moving)
            optimizer.step()
            rows.grad[touched] = 0
            value = loss.item()
            require_finite_loss(value, f"alignment, epoch {epoch + 1}", rate, "alignment.learning_rates")
            total += value * len(batch)
        row: HistoryRow = {"learning_rate": rate, "epoch": epoch + 1, "loss": total / len(pairs)}
        history.append(row | _state(rows, original, held_out))
    # Of a row whose norm has overflowed, normalising would make zeros.
    require_finite([("the norms of the aligned rows", rows.norm(dim=1))], f"alignment at a learning rate of {rate:g}")
    return functional.normalize(rows, dim=1) * original.norm(dim=1, keepdim=True), history


def _state(rows: Tensor, original: Tensor, held_out: HeldOut) -> HistoryRow:
    blocks = zip(rows.split(_ROWS_AT_ONCE), original.split(_ROWS_AT_ONCE), strict=True)
    cosines = [functional.cosine_similarity(now.double(), before.double()).sum().item() for now, before in blocks]
    return {
        "held_out_precision_at_1": precision_at_1(rows, held_out),
        "drift": 1 - math.fsum(cosines) / len(rows),
    }
