"""Cross-entropy of a linear layer over a large vocabulary, without its logit matrix.

The gradient of the logits follows from the logits alone, so both loss and gradients come out of one pass over blocks of
rows; no block outlives its turn and nothing is computed twice. Wijmans et al. (2025), Cut Your Losses in
Large-Vocabulary Language Models, and Hsu et al. (2024), Liger Kernel, do the same in kernels of their own.
"""

import math
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional

# Logits held at a time: 128 MiB of float32 on a CPU; on a GPU 1 GiB, because small products leave it idle.
LOGITS_A_BLOCK = {"cpu": 2**25, "cuda": 2**28}


def linear_cross_entropy(
    hidden: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, labels: torch.Tensor, divisor: int
) -> torch.Tensor:
    """The sum over rows of the cross-entropy of `hidden @ weight.T + bias` against `labels`, in nats, over `divisor`.

    hidden [n, d], weight [V, d], bias [V], labels int64 [n]. Under autocast the products are of its type, the
    softmax and all sums float32. The gradient of a frozen weight is not computed. A second backward pass through one
    result is an error: its gradients are used up.
    """
    return _LinearCrossEntropy.apply(hidden, weight, bias, labels, divisor)  # type: ignore[no-untyped-call]


class _LinearCrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, hidden: Tensor, weight: Tensor, bias: Tensor | None, labels: Tensor, divisor: float | Tensor
    ) -> Tensor:
        device = hidden.device.type
        dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else weight.dtype
        with torch.autocast(device, enabled=False):
            loss, *gradients = _loss_and_gradients(
                hidden.to(dtype), weight, bias, labels, divisor, trains_weight=ctx.needs_input_grad[1]
            )
        ctx.save_for_backward(*gradients)
        return loss

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        of_hidden, of_weight, of_bias = ctx.saved_tensors
        scaled = (None if gradient is None else gradient.mul_(grad) for gradient in (of_hidden, of_weight, of_bias))
        return *scaled, None, None


def _loss_and_gradients(
    hidden: Tensor, weight: Tensor, bias: Tensor | None, labels: Tensor, divisor: float | Tensor, trains_weight: bool
) -> tuple[Tensor, Tensor, Tensor | None, Tensor | None]:
    """(loss, gradient of hidden, of weight, of bias), all float32; the products are of hidden's type."""
    table, offset = weight.to(hidden.dtype), None if bias is None else bias.to(hidden.dtype)
    loss = weight.new_zeros(())
    of_hidden = torch.empty_like(hidden, dtype=weight.dtype)
    of_weight = torch.zeros_like(weight) if trains_weight else None
    of_bias = None if bias is None else torch.zeros_like(bias)
    for rows in _blocks(len(hidden), len(weight), hidden.device.type):
        scores = functional.linear(hidden[rows], table, offset).float()
        wanted = torch.arange(len(scores), device=labels.device), labels[rows]
        of_label, largest = scores[wanted], scores.amax(1, keepdim=True)
        total = scores.sub_(largest).exp_().sum(1)
        loss += (largest.squeeze(1) + total.log() - of_label).sum() / divisor
        # softmax - one_hot is scores / total from here on; the division is left to the two thin sides of the products.
        scores[wanted] -= total
        share = (total * divisor).reciprocal().unsqueeze(1)
        if of_bias is not None:
            of_bias.addmv_(scores.T, share.squeeze(1))
        scores, weighted = scores.to(hidden.dtype), (hidden[rows] * share).to(hidden.dtype)
        of_hidden[rows] = scores @ table * share
        if of_weight is not None and hidden.dtype == weight.dtype:
            of_weight.addmm_(scores.T, weighted)
        elif of_weight is not None:
            of_weight += scores.T @ weighted
    return loss, of_hidden, of_weight, of_bias


def _blocks(rows: int, vocabulary: int, device: str) -> list[slice]:
    """Blocks of nearly equal size, because a thin last one would cost nearly as much as a full one."""
    blocks = math.ceil(rows / max(1, LOGITS_A_BLOCK[device] // vocabulary))
    return [slice(rows * i // blocks, rows * (i + 1) // blocks) for i in range(blocks)]
