"""Fine-tune only the rows of the word embeddings that the examples use; the others get what AdamW would do to them.

A row that no example holds has no gradient, so its moments stay zero and every step of AdamW only multiplies it by
1 - rate * decay. So the optimizer is given the other rows alone, and these products are made up for afterwards, in the
optimizer's own arithmetic: on a CPU the weights are those of training the whole table, bit for bit; on a GPU,
whose sums have no fixed order, but for rounding.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle
from transformers import PreTrainedModel

from semantic_tokens.models.parts import word_embeddings

# Numbers that go through all steps together: so few that they stay in the cache of a core or a GPU.
BLOCK = {"cpu": 2**17, "cuda": 2**22}
LANES = 16  # numbers of a CPU's widest vector; what is left of a tensor at its end may be rounded otherwise


@dataclass(frozen=True)
class TouchedRows:
    """A model whose table of word embeddings is cut down to `rows`, sorted ids; it still takes the ids as they were.

    `table`, [V, dim] on the CPU, has all rows as they were; `embeddings` are the layers that look up in it.
    """

    embeddings: Sequence[nn.Embedding]
    table: Tensor
    rows: Tensor
    hooks: Sequence[RemovableHandle]

    @classmethod
    def of(cls, model: PreTrainedModel, ids: np.ndarray) -> TouchedRows:
        """Cut the model's table down, in place, to `ids` and its padding. Raises TypeError where a layer other than an
        embedding has the same weights."""
        embedding = word_embeddings(model)
        table, padding = embedding.weight, embedding.padding_idx
        layers = [module for module in model.modules() if getattr(module, "weight", None) is table]
        embeddings = [layer for layer in layers if isinstance(layer, nn.Embedding)]
        if len(embeddings) < len(layers):
            raise TypeError(f"{type(model).__name__}: another layer shares the word embeddings' weights")
        held = ids if padding is None else np.append(ids, padding)
        rows = torch.from_numpy(_with_the_same_end(held, len(table)))
        place = torch.full((len(table),), -1)
        place[rows] = torch.arange(len(rows))
        small = nn.Parameter(table.detach()[rows.to(table.device)])
        hooks = []
        for layer in embeddings:
            layer.weight = small
            layer.padding_idx = None if padding is None else int(place[padding])
            hooks.append(layer.register_forward_pre_hook(_Lookup(place.to(table.device))))
        return cls(embeddings, table.detach().cpu(), rows, hooks)

    def put_back(self, shrinkage: Iterable[float]) -> None:
        """Give the model its whole table again: `rows` as they were trained, and the others after steps that each took
        this share of them off (learning rate x weight decay)."""
        small = self.embeddings[0].weight.detach()
        others = torch.ones(len(self.table), dtype=torch.bool)
        others[self.rows] = False
        padding = self.embeddings[0].padding_idx
        shares = list(shrinkage)
        for part in others.nonzero().flatten().split(max(1, BLOCK[small.device.type] // small.shape[1])):
            self.table[part] = shrunk(self.table[part].to(small.device), shares).cpu()
        self.table[self.rows] = small.cpu()
        weight = nn.Parameter(self.table.to(small.device))
        for layer, hook in zip(self.embeddings, self.hooks, strict=True):
            hook.remove()
            layer.weight = weight
            layer.padding_idx = None if padding is None else int(self.rows[padding])


@dataclass(frozen=True)
class _Lookup:
    """Before an embedding looks ids up: their places in the small table. An id that has none is an index error."""

    place: Tensor

    def __call__(self, module: nn.Module, inputs: tuple[Tensor]) -> Tensor:
        return self.place[inputs[0]]


def shrunk(values: Tensor, shares: Sequence[float]) -> Tensor:
    """The values, float32, after steps that each take a share off, rounded as torch's fused AdamW does."""
    if values.device.type == "cpu":
        for factor in np.subtract(1, shares, dtype=np.float64).astype(np.float32).tolist():
            if factor != 1:
                values.mul_(factor)
        return values
    for share in shares:  # the kernel of a GPU has the factor in double precision
        values = values.double().mul_(1 - share).float()
    return values


def clip_gradients(parameters: Sequence[nn.Parameter], table: Tensor, limit: float = 1.0) -> None:
    """Scale the gradients down to a norm of `limit` where it is larger.

    Rows of `table` without a gradient must not change a bit of the norm, present or not. A plain sum of
    squares would be cut into other parts; on a CPU it is taken row by row, and exactly over the rows.
    """
    others = [p.grad for p in parameters if p.grad is not None and p is not table]
    square = torch.nn.utils.get_total_norm(others).double().square()
    if table.grad is not None:
        rows = torch.linalg.vector_norm(table.grad, dim=1).double().square()
        square = square + (math.fsum(rows.tolist()) if rows.device.type == "cpu" else rows.sum())
    torch.nn.utils.clip_grads_with_norm_(parameters, limit, square.sqrt().float())


def _with_the_same_end(ids: np.ndarray, n_rows: int) -> np.ndarray:
    """The ids and up to `LANES` more, so that the numbers at the end of the small table, which fill no vector, are
    those at the end of the whole one."""
    ids = np.union1d(ids, [n_rows - 1]).astype(np.int64)
    more = np.setdiff1d(np.arange(min(n_rows, len(ids) + LANES)), ids)
    return np.union1d(ids, more[: (n_rows - len(ids)) % LANES])
