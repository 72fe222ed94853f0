"""Tables that are smaller than they are stored: truncated, or a composition of parts, as a checkpoint's config says."""

import torch
from transformers import PreTrainedModel

from semantic_tokens.models.composition import PARTS_KEY, ComposedEmbedding, compose
from semantic_tokens.models.parts import word_embeddings
from semantic_tokens.models.truncation import TRUNCATED_KEY, TruncatedEmbedding, truncate, widened


def as_recorded(model: PreTrainedModel) -> PreTrainedModel:
    """A model as it was stored, its table cut in place to the dimensions and into the parts that its config records."""
    dim, parts = getattr(model.config, TRUNCATED_KEY, None), getattr(model.config, PARTS_KEY, None)
    model = model if dim is None else truncate(model, dim)
    return model if parts is None else compose(model, parts)


def record(model: PreTrainedModel) -> None:
    """Note in a model's config what `as_recorded` needs."""
    embedding = model.get_input_embeddings()
    if isinstance(embedding, TruncatedEmbedding):
        setattr(model.config, TRUNCATED_KEY, embedding.embedding_dim)
    if isinstance(embedding, ComposedEmbedding):
        parts = embedding.codes.shape[1]
        setattr(model.config, PARTS_KEY, parts)
        if parts * embedding.embedding_dim < embedding.full_dim:
            setattr(model.config, TRUNCATED_KEY, parts * embedding.embedding_dim)


def stored_state(model: PreTrainedModel) -> dict[str, torch.Tensor]:
    """The state dict of an ordinary checkpoint: the table whole, and padded with zeros to full width."""
    embedding, state = word_embeddings(model), model.state_dict()
    if isinstance(embedding, TruncatedEmbedding):
        table = widened(embedding.weight.detach(), embedding.full_dim)
    elif isinstance(embedding, ComposedEmbedding):
        table = widened(embedding.composition.table.detach(), embedding.full_dim)
    else:
        return state
    small = embedding.weight.data_ptr()
    return {name: table if tensor.data_ptr() == small else tensor for name, tensor in state.items()}
