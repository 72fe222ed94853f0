"""The masked-LM loss, computed at masked positions only and never as a whole logit matrix.

The logit matrix fills memory in pretraining (paper, appendix D). Only the masked positions enter the loss, so only they
go through the head, and `linear_cross_entropy` holds one block of their logits at a time.
"""

from typing import Any

import torch
from transformers import PreTrainedModel

from semantic_tokens.models.linear_cross_entropy import linear_cross_entropy
from semantic_tokens.models.parts import decoder


def masked_lm_loss(
    model: PreTrainedModel,
    input_ids: torch.Tensor,
    labels: torch.Tensor,
    attention_mask: torch.Tensor | None = None,
    count: int | None = None,
) -> torch.Tensor:
    """The sum of the cross-entropies, in nats, at the positions whose label is not -100, over `count`.

    count: by default their number, which gives the mean. For a part of a larger batch, the number in the whole batch:
    losses and gradients of the parts then add up to those of the whole.
    """
    layer, positions = _decoder(model), labels != -100
    wanted = labels[positions]
    states = masked_states(model, input_ids, attention_mask, positions)
    return linear_cross_entropy(states, layer.weight, layer.bias, wanted, len(wanted) if count is None else count)


def masked_states(
    model: PreTrainedModel, input_ids: torch.Tensor, attention_mask: torch.Tensor | None, positions: torch.Tensor
) -> torch.Tensor:
    """What the decoder reads, [n, d], at the n places where `positions` (bool [batch, length]) is true, row by row.

    The head of any masked LM reads the hidden states that its base model returns, and ends in its decoder: for this one
    call a hook hands it the wanted states, and the decoder hands on what it gets.
    """

    def select(_module: Any, _arguments: Any, output: Any) -> Any:
        output["last_hidden_state"] = output["last_hidden_state"][positions]
        return output

    layer = _decoder(model)
    handle = model.base_model.register_forward_hook(select)
    vars(layer)["forward"] = lambda hidden: hidden[..., : layer.in_features]  # a truncated one reads the first d
    try:
        return model(input_ids=input_ids, attention_mask=attention_mask).logits
    finally:
        del vars(layer)["forward"]
        handle.remove()


def _decoder(model: PreTrainedModel) -> torch.nn.Linear:
    layer = decoder(model)
    if layer is None:
        raise TypeError(f"{type(model).__name__} has no masked-LM head")
    return layer
