"""Texts as vectors: the [CLS] vectors of a fine-tuned encoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from semantic_tokens.fine_tuning.encoding import Template
from semantic_tokens.fine_tuning.ragged import Ragged

if TYPE_CHECKING:
    from torch import Tensor

    from semantic_tokens.fine_tuning.network import Network

BLOCK = 50_000  # passages whose vectors are held at a time


def encode_texts(network: Network, template: Template, texts: Ragged) -> Tensor:
    """[CLS] vectors, float32 [texts, dim]."""
    return network.read(template.sequences(texts), template.pad).last_hidden_state[:, 0].float()


def encode_rows(network: Network, template: Template, texts: Ragged, rows: np.ndarray) -> np.ndarray:
    """[CLS] vectors of these rows, float32 [rows, dim]; no dropout."""
    vectors = np.empty((len(rows), network.model.config.hidden_size), np.float32)

    def encode_batch(batch: np.ndarray) -> Tensor:
        return encode_texts(network, template, texts.take(rows[batch]))

    lengths = texts.lengths[rows] + template.n_sequence
    for batch, outputs in network.infer(np.arange(len(rows)), lengths, encode_batch):
        vectors[batch] = outputs
    return vectors
