"""Dimension reduction: keep the first d of D embedding dimensions, padded with zeros on the fly (paper, section 2.3).

The truncated table is a real [V, d] parameter, so it costs what it says and no gradient can fill the zeros. Positions
and token types keep all D dimensions.
"""

import torch
from torch import nn
from torch.nn import functional
from transformers import PreTrainedModel

from semantic_tokens.errors import InputError
from semantic_tokens.models.parts import decoder, word_embeddings

TRUNCATED_KEY = "truncated_embedding_dim"  # in the config of a checkpoint, whose table is stored at full width


class TruncatedEmbedding(nn.Embedding):
    """[V, d] look-up whose result is padded with zeros to `full_dim`."""

    def __init__(self, weight: torch.Tensor, full_dim: int, padding_idx: int | None) -> None:
        super().__init__(weight.shape[0], weight.shape[1], padding_idx=padding_idx, _weight=weight)
        self.full_dim = full_dim

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        return functional.pad(super().forward(input_ids), (0, self.full_dim - self.embedding_dim))


class TruncatedDecoder(nn.Linear):
    """Logits from the first d dimensions of a hidden state: what a zero-padded tied table would give."""

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        return functional.linear(hidden[..., : self.in_features], self.weight, self.bias)


def truncate(model: PreTrainedModel, dim: int) -> PreTrainedModel:
    """Replace, in place, the word embeddings (and a tied decoder) by their first `dim` dimensions."""
    embedding = word_embeddings(model)
    full = embedding.embedding_dim
    if dim == full:
        return model
    if not 1 <= dim < full:
        raise InputError(
            f"truncation d{dim}: the word embeddings have {full} dimensions; d must be between 1 and {full}"
        )
    table = embedding.weight.detach()[:, :dim].clone()
    short = TruncatedEmbedding(table, full, embedding.padding_idx)
    output = decoder(model)
    model.set_input_embeddings(short)
    if output is not None:
        reading = TruncatedDecoder(dim, table.shape[0], bias=output.bias is not None)
        reading.weight, reading.bias = short.weight, output.bias
        model.set_output_embeddings(reading)
    return model


def widened(table: torch.Tensor, full_dim: int) -> torch.Tensor:
    """The table [V, d] with zeros up to [V, full_dim]; the same tensor if nothing is missing."""
    missing = full_dim - table.shape[1]
    return functional.pad(table, (0, missing)) if missing else table
