"""The masked-LM loss, with logits computed at masked positions only.

The logit matrix is what fills memory in pretraining (paper, appendix D). Only the masked positions enter the loss, so
only they go through the head: the loss and its gradients are those of the full matrix at 15% of the size.
"""

import torch
from torch.nn import functional
from transformers import PreTrainedModel


def masked_logits(
    model: PreTrainedModel, input_ids: torch.Tensor, attention_mask: torch.Tensor | None, positions: torch.Tensor
) -> torch.Tensor:
    """Logits [n, V] at the n places where `positions` (bool [batch, length]) is true, in row-major order.

    The head of any masked LM reads the hidden states that its base model returns: a hook hands it the wanted ones.
    """

    def select(_module, _arguments, output):
        output["last_hidden_state"] = output["last_hidden_state"][positions]
        return output

    handle = model.base_model.register_forward_hook(select)
    try:
        return model(input_ids=input_ids, attention_mask=attention_mask).logits
    finally:
        handle.remove()


def masked_lm_loss(
    model: PreTrainedModel,
    input_ids: torch.Tensor,
    labels: torch.Tensor,
    attention_mask: torch.Tensor | None = None,
) -> torch.Tensor:
    """Mean cross-entropy in nats over the positions whose label is not -100."""
    positions = labels != -100
    logits = masked_logits(model, input_ids, attention_mask, positions)
    return functional.cross_entropy(logits, labels[positions])
