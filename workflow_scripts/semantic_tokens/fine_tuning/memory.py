"""How much memory one fine-tuning update takes, and how to compute it where that is too much. No torch.

Held are weights, gradients, Adam's two moments, and what autograd saves of the forward pass: `saved_per_token` counts
it, tensor by tensor, for an encoder of the BERT family as transformers computes it. Sizes are bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from semantic_tokens.errors import InputError
from semantic_tokens.fine_tuning.plan import Precision, UpdatePlan
from semantic_tokens.models.shape import FLOAT, Shape

Kind = Literal["gpu", "cpu"]
HALF = 2  # bytes of a number in bf16
MASK = 1  # bytes per element of a dropout mask on a GPU; a processor keeps it as a number
STATISTICS = 4 * FLOAT  # mean and deviation of a layer's two layer norms, a token
IDS = 3 * 8  # token id, mask and token type, a token
# Of a GPU's memory: the driver's context with its kernels, and what the allocator loses to gaps. Assumed, not measured.
CONTEXT, GAPS = 1e9, 0.1
HOST = 4_000_000_000
LIBRARIES = 1.5e9  # of a process on the host: torch, transformers and some million token ids


@dataclass(frozen=True)
class Batch:
    """`items` of a batch; `tokens` of its longest item, `length` of the longest row of that."""

    items: int
    tokens: int
    length: int


@dataclass(frozen=True)
class Update:
    """What an update is of: a task with its section of the config, and an encoder.

    `dim`: width of the table of word embeddings, where it is truncated. `touched`: rows of the table that the data
    holds, so that they are trained; None for all.
    """

    task: str
    settings: Any
    shape: Shape
    dim: int | None = None
    touched: int | None = None
    device: Kind = "gpu"

    @property
    def table(self) -> int:
        """Numbers in the trained part of the table."""
        rows = self.shape.vocabulary if self.touched is None else min(self.touched, self.shape.vocabulary)
        return rows * (self.dim or self.shape.dim)

    @property
    def batch(self) -> Batch:
        return Batch(self.settings.batch_size, self.settings.item_tokens, self.settings.max_length)


def choose_plan(update: Update, precision: Precision, budget: float) -> UpdatePlan:
    """How to compute an update within `budget` bytes: the whole batch if it fits, else the largest equal parts that do,
    else the same without keeping activations.

    Raises InputError, naming what is needed, where not even one item fits.
    """
    for recompute in (False, True):
        for size in _sizes(update.batch.items):
            plan = UpdatePlan(size, precision, recompute)
            if peak(update, plan) <= budget:
                return plan
    needed = peak(update, UpdatePlan(1, precision, recompute=True))
    raise InputError(
        f"{update.task}: one item of {update.batch.tokens} tokens needs {needed / 1e9:.1f} GB in {precision}, but "
        f"{budget / 1e9:.1f} GB are available: lower tasks.{update.task}.max_length or provide more memory"
    )


def peak(update: Update, plan: UpdatePlan) -> float:
    """Bytes of tensors when the backward pass of an update begins, the longest rows in every place."""
    batch = update.batch
    tokens = batch.tokens * (plan.micro_batch or batch.items)
    saved = tokens * saved_per_token(update, batch.length, plan)
    return states(update, plan) + saved + tokens * _passing(update.shape, plan) + _vectors(update)


def states(update: Update, plan: UpdatePlan) -> float:
    """Weights, gradients and two moments, all float32; and the matrices once more in bf16, as autocast keeps them.

    Rows of the table that are not trained wait on the host.
    """
    numbers = update.shape.encoder + update.table
    whole = update.shape.vocabulary * (update.dim or update.shape.dim)
    waiting = whole if update.touched is not None and update.device == "cpu" else 0
    return 4 * FLOAT * numbers + FLOAT * waiting + (HALF * update.shape.body if plan.precision == "bf16" else 0)


def saved_per_token(update: Update, length: int, plan: UpdatePlan) -> float:
    """Bytes per token that autograd keeps between the two passes, in rows of `length` tokens.

    Recomputing keeps the input of every layer, the mask, and the whole of the layer that is computed again.
    """
    shape = update.shape
    layer = _layer(shape, length, plan.precision, update.device)
    number = HALF if plan.precision == "bf16" else FLOAT
    mask = FLOAT if update.device == "cpu" else MASK
    ends = (FLOAT + mask) * shape.dim + (number + mask) * shape.dim + IDS  # embeddings' layer norm; the head's input
    if plan.recompute:
        return shape.layers * FLOAT * shape.dim + length * MASK + layer + ends
    return shape.layers * layer + ends


def _layer(shape: Shape, length: int, precision: Precision, device: Kind) -> float:
    """Bytes a token of one layer. Layer norms take float32 in either precision; in bf16 every product has a copy of its
    input, the three of attention one each. A GPU's attention is fused: it keeps the sum of each row and the mask, a
    processor's with dropout keeps three matrices [heads, length, length].
    """
    d, f, heads = shape.dim, shape.intermediate, shape.heads
    half = precision == "bf16"
    number = HALF if half else FLOAT
    inputs = 3 if half else 1  # of the projections
    norms = 2 * FLOAT * d
    products = number * ((inputs + 2) * d + 2 * f)  # inputs of projections, feed-forward
    if device == "gpu":
        return products + norms + 3 * number * d + 2 * MASK * d + FLOAT * heads + number * length + STATISTICS
    # On a CPU attention computes in float32, whatever autocast says.
    return products + norms + 3 * FLOAT * d + 2 * number * d + 3 * FLOAT * heads * length + STATISTICS


def _passing(shape: Shape, plan: UpdatePlan) -> float:
    """Bytes per token of the gradients that are on their way through the last layer's feed-forward part."""
    number = HALF if plan.precision == "bf16" else FLOAT
    return number * 2 * shape.intermediate + FLOAT * 2 * shape.dim


def _vectors(update: Update) -> float:
    """Of a loss that compares the whole batch: [CLS] vectors and their gradients, and the scores with theirs."""
    if not update.settings.in_batch:
        return 0
    items = update.batch.items
    return 2 * FLOAT * (3 * items * update.shape.dim + 2 * items**2)


def _sizes(items: int) -> Iterator[int | None]:
    """The whole batch (None), then the sizes of ever more equal parts, down to one item."""
    yield None
    previous = items
    for parts in range(2, items + 1):
        size = -(-items // parts)
        if size < previous:
            yield size
            previous = size


def gpu_budget(memory: float) -> float:
    """Bytes for tensors on a GPU of `memory` bytes."""
    return (memory - CONTEXT) * (1 - GAPS)


def host_memory(shape: Shape, dim: int) -> int:
    """Bytes that a process may take which fine-tunes an encoder whose table is `dim` wide: what its rule asks for.

    Weights, gradient and two moments, the weights as they were read and as they are written; the rest is for
    activations on a CPU, features and libraries.
    """
    return HOST + 6 * FLOAT * (shape.encoder + shape.vocabulary * dim)


def host_budget(memory: float) -> float:
    """Bytes for tensors in a process that may take `memory` bytes."""
    return memory - LIBRARIES
