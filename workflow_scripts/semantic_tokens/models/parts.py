"""The two ends of a masked language model, with their types."""

from typing import cast

from torch import nn
from transformers import PreTrainedModel


def word_embeddings(model: PreTrainedModel) -> nn.Embedding:
    """The input table, [V, d]."""
    embeddings = model.get_input_embeddings()
    if not isinstance(embeddings, nn.Embedding):
        raise TypeError(f"{type(model).__name__} looks its tokens up in a {type(embeddings).__name__}")
    return embeddings


def decoder(model: PreTrainedModel) -> nn.Linear | None:
    """The output layer over the vocabulary; None where the model has no masked-LM head."""
    layer = model.get_output_embeddings()
    return layer if isinstance(layer, nn.Linear) else None


def body(model: PreTrainedModel) -> PreTrainedModel:
    """The model without its head; an encoder is its own body."""
    return cast(PreTrainedModel, model.base_model)
