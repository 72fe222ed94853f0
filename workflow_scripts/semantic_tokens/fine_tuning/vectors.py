"""Texts as vectors of an encoder: of their first token, or the mean over their tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from semantic_tokens.errors import InputError
from semantic_tokens.fine_tuning.encoding import Template
from semantic_tokens.fine_tuning.ragged import Ragged

if TYPE_CHECKING:
    from torch import Tensor

    from semantic_tokens.fine_tuning.network import Network

BLOCK = 50_000  # passages whose vectors are held at a time


class Reading(NamedTuple):
    """`pooling` and `similarity` of a task's settings (`settings.Embedding`)."""

    pooling: str = "cls"
    similarity: str = "dot"

    def check(self, template: Template, task: str) -> None:
        """Raises InputError for [CLS] vectors where the tokenizer puts no token before a text."""
        if self.pooling == "cls" and not template.prefix:
            raise InputError(
                f"tasks.{task}.pooling = 'cls': the tokenizer puts no special token before a text; allowed: 'mean'"
            )


CLS_DOT = Reading()


def encode_texts(network: Network, template: Template, texts: Ragged, how: Reading = CLS_DOT) -> Tensor:
    """Vectors, float32 [texts, dim], whose dot products are the similarities: for cosines they have length 1."""
    rows = template.sequences(texts)
    states = network.read(rows, template.pad).last_hidden_state
    vectors = states[:, 0].float() if how.pooling == "cls" else _mean(states.float(), network.tensor(rows.mask()))
    if how.similarity == "dot":
        return vectors
    return vectors / vectors.norm(dim=1, keepdim=True)


def encode_rows(
    network: Network, template: Template, texts: Ragged, rows: np.ndarray, how: Reading = CLS_DOT
) -> np.ndarray:
    """The same of these rows, float32 [rows, dim]; no dropout."""
    vectors = np.empty((len(rows), network.model.config.hidden_size), np.float32)

    def encode_batch(batch: np.ndarray) -> Tensor:
        return encode_texts(network, template, texts.take(rows[batch]), how)

    lengths = texts.lengths[rows] + template.n_sequence
    for batch, outputs in network.infer(np.arange(len(rows)), lengths, encode_batch):
        vectors[batch] = outputs
    return vectors


def _mean(states: Tensor, mask: Tensor) -> Tensor:
    """Mean over the tokens that are not padding: `states` [texts, length, dim], `mask` bool [texts, length]."""
    kept = mask.unsqueeze(-1).to(states.dtype)
    return (states * kept).sum(1) / kept.sum(1)
