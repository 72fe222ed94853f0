"""The gradient of one fine-tuning update: of a whole batch, or part by part, in less memory and with the same sum.

A mean over a batch is the weighted mean of its parts. A contrastive loss is not: each query is compared with the
passages of all others. There the vectors are computed first, without what the backward pass needs; the loss gives the
gradient of each vector; and every part is computed again, now with its backward pass (a gradient cache; Gao et al.
2021, "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from semantic_tokens.fine_tuning.plan import UpdatePlan

# Adds the gradient of a batch's loss to those of the parameters and gives the loss, detached.
Update = Callable[[np.ndarray], Tensor]
RandomState = tuple[Tensor, list[Tensor]]


def mean_loss(
    loss_of: Callable[[np.ndarray], Tensor], plan: UpdatePlan, terms: Callable[[np.ndarray], int] = len
) -> Update:
    """The update of a loss that is a mean over `terms(items)` terms of some items; `loss_of(items)` is their mean."""

    def update(batch: np.ndarray) -> Tensor:
        parts = micro_batches(batch, plan.micro_batch)
        counts = [terms(part) for part in parts]
        losses = []
        for part, count in zip(parts, counts, strict=True):
            share = loss_of(part) * (count / max(1, sum(counts)))
            share.backward()
            losses.append(share.detach())
        return torch.stack(losses).sum()

    return update


def gradient_cache(
    encoders: Sequence[Callable[[], Tensor]], loss_of: Callable[[list[Tensor]], Tensor], device: torch.device
) -> Tensor:
    """The gradient of `loss_of(vectors)`, where `vectors[i]` = `encoders[i]()`, added to the parameters'; the loss.

    Each encoder runs twice, from the same state of the random generators: the dropout of the two passes is the same.
    """
    states, vectors = [], []
    for encode in encoders:
        states.append(random_state(device))
        with torch.no_grad():
            vectors.append(encode())
    leaves = [vector.requires_grad_() for vector in vectors]
    loss = loss_of(leaves)
    loss.backward()
    after = random_state(device)
    for encode, state, leaf in zip(encoders, states, leaves, strict=True):
        set_random_state(state, device)
        encode().backward(leaf.grad)
    set_random_state(after, device)
    return loss.detach()


def micro_batches(batch: np.ndarray, size: int | None) -> list[np.ndarray]:
    """The batch in order, in parts of at most `size` items; as one where that is None."""
    return [batch[i : i + size] for i in range(0, len(batch), size)] if size else [batch]


def random_state(device: torch.device) -> RandomState:
    """The states of torch's generators that a computation on this device draws from."""
    return torch.get_rng_state(), [torch.cuda.get_rng_state(device)] if device.type == "cuda" else []


def set_random_state(state: RandomState, device: torch.device) -> None:
    """Set the generators to a state that `random_state` gave."""
    torch.set_rng_state(state[0])
    for own in state[1]:
        torch.cuda.set_rng_state(own, device)
