"""A table as a composition of parts: each row is the concatenation of one vector of each part (product quantisation).

A group has one code a part, and its row is the vectors of its codes, side by side. So few vectors make many rows: m
parts of k vectors have the parameters of k rows, and make up to k^m. A table of one part is an ordinary one.

The vectors are the parameters, and they alone are trained, however many groups share one. A checkpoint holds the table
that they make, which plain transformers load, and the number of parts in its config. That is enough: vectors that are
equal in a part of the table are one.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from transformers import PreTrainedModel

from semantic_tokens.errors import InputError
from semantic_tokens.models.parts import decoder, word_embeddings

PARTS_KEY = "composed_embedding_parts"  # in the config of a checkpoint, whose table is stored whole


@dataclass(frozen=True)
class Composition:
    """vectors float [k, d / m] of all parts, one part after the other; codes int64 [rows, m], places in `vectors`."""

    vectors: torch.Tensor
    codes: torch.Tensor

    @property
    def table(self) -> torch.Tensor:
        """[rows, d]"""
        return functional.embedding(self.codes, self.vectors).flatten(-2)

    @property
    def parameters(self) -> int:
        """Numbers that are trained."""
        return self.vectors.numel()

    @property
    def code_bytes(self) -> int:
        """Of a code: 1, 2 or 4, as many as the largest part needs."""
        starts = self.codes.min(dim=0).values
        largest = int((self.codes.max(dim=0).values - starts).max())
        return 1 if largest < 2**8 else 2 if largest < 2**16 else 4

    @property
    def n_bytes(self) -> int:
        """Of vectors in float32 and of codes."""
        return 4 * self.parameters + self.code_bytes * self.codes.numel()

    @classmethod
    def of(cls, table: torch.Tensor, parts: int) -> "Composition":
        """The composition that makes the table [rows, d] of so many parts of equal width. InputError where d is not a
        multiple."""
        require_equal_parts(table.shape[1], parts)
        vectors, codes, held = list[torch.Tensor](), list[np.ndarray](), 0
        for part in table.detach().float().cpu().chunk(parts, dim=1):
            rows = np.ascontiguousarray(part.numpy())
            as_bytes = rows.view([("", f"V{rows.itemsize * rows.shape[1]}")]).ravel()
            _, first, code = np.unique(as_bytes, return_index=True, return_inverse=True)
            vectors.append(part[torch.from_numpy(first)])
            codes.append(code.reshape(-1) + held)
            held += len(first)
        return cls(torch.cat(vectors).to(table.device), torch.from_numpy(np.stack(codes, axis=1)).to(table.device))


class ComposedEmbedding(nn.Embedding):
    """Looks up the vectors of a group's codes; the row is padded with zeros to `full_dim` where the table is truncated.

    `weight` is [k, d / m], all that is trained; `codes` [rows, m] is a buffer that no state dict holds.
    """

    codes: torch.Tensor

    def __init__(self, composition: Composition, full_dim: int) -> None:
        k, width = composition.vectors.shape
        super().__init__(k, width, _weight=composition.vectors.clone())
        self.register_buffer("codes", composition.codes, persistent=False)
        self.full_dim = full_dim

    @property
    def composition(self) -> Composition:
        return Composition(self.weight, self.codes)

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        rows = super().forward(self.codes[input_ids]).flatten(-2)
        return functional.pad(rows, (0, self.full_dim - rows.shape[-1]))


class ComposedDecoder(nn.Linear):
    """Logits of the rows that a composed embedding makes: it has a bias of its own and no other weight."""

    def __init__(self, embedding: ComposedEmbedding, bias: torch.Tensor | None) -> None:
        nn.Module.__init__(self)
        self.out_features, parts = embedding.codes.shape
        self.in_features = parts * embedding.embedding_dim
        self.bias = bias  # type: ignore[assignment]  # as in nn.Linear: None without
        self._embedding = (embedding,)  # in a tuple, so that it is no part of this layer

    @property
    def weight(self) -> torch.Tensor:  # type: ignore[override]
        """[rows, d]; gradients reach the vectors."""
        return self._embedding[0].composition.table

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        return functional.linear(hidden[..., : self.in_features], self.weight, self.bias)


def compose(model: PreTrainedModel, parts: int) -> PreTrainedModel:
    """Replace, in place, the word embeddings (and a tied decoder) by the composition of so many parts that they are."""
    embedding, output = word_embeddings(model), decoder(model)
    full_dim = getattr(embedding, "full_dim", embedding.embedding_dim)
    composed = ComposedEmbedding(Composition.of(embedding.weight, parts), full_dim)
    model.set_input_embeddings(composed)
    if output is not None:
        model.set_output_embeddings(ComposedDecoder(composed, output.bias))
    return model


def is_composed(model: PreTrainedModel) -> bool:
    """Whether the table of a loaded model is a composition."""
    return isinstance(model.get_input_embeddings(), ComposedEmbedding)


def require_equal_parts(dim: int, parts: int) -> None:
    """Raises InputError where rows of `dim` numbers cannot be cut into so many equal parts."""
    if parts < 1 or dim % parts:
        allowed = ", ".join(str(n) for n in range(1, dim + 1) if dim % n == 0)
        raise InputError(f"{parts} parts of rows of {dim} dimensions; allowed: {allowed}")
