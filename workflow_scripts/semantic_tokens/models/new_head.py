"""A masked-LM head for an encoder that has none, ready to be trained: the head of the architecture's own class.

Its dense layer passes the hidden states on, its layer norm is plain, its output layer is the table of word embeddings,
and the bias of that is given. What such a head predicts at first is no one's knowledge but the text's word counts and
the encoder's own geometry.
"""

from pathlib import Path

import torch
from torch import nn
from transformers import PreTrainedModel

from semantic_tokens.errors import InputError
from semantic_tokens.models import checkpoint
from semantic_tokens.models.parts import decoder, word_embeddings


def with_new_head(folder: Path, bias: torch.Tensor) -> PreTrainedModel:
    """The encoder in `folder` as a masked LM, float32, in evaluation mode; body, table and pooler are the checkpoint's.

    bias: [V], the logits of the tokens where a hidden state says nothing.
    Raises InputError where the checkpoint holds weights of a head, and where the architecture's head has a part that
    this module cannot initialise.
    """
    model = checkpoint.load_with_random_head(folder)
    output, body = decoder(model), set(model.base_model.modules())
    assert output is not None
    if output.bias is None or output.bias.shape != bias.shape:
        raise InputError(
            f"{folder}: the head of {type(model).__name__} has no bias for each of the {len(bias)} tokens; "
            "masked_lm_head cannot be made for it"
        )
    with torch.no_grad():
        for name, module in model.named_modules():
            if module not in body and module is not output:
                _initialise(module, f"{folder}: {type(model).__name__}.{name}")
        output.bias.copy_(bias)
    return model


def _initialise(module: nn.Module, what: str) -> None:
    """Its own parameters, in place, those of the modules in it left out."""
    if isinstance(module, nn.Linear):
        nn.init.eye_(module.weight)
    elif isinstance(module, nn.LayerNorm):
        nn.init.ones_(module.weight)
    elif any(name != "bias" for name, _ in module.named_parameters(recurse=False)):
        raise InputError(f"{what} is neither a linear layer nor a layer norm; masked_lm_head cannot be made")
    else:
        return  # RoBERTa's and BERT's second name for the decoder's bias
    if module.bias is not None:
        nn.init.zeros_(module.bias)


def freeze_body(model: PreTrainedModel) -> None:
    """Leave only the head to be trained: neither the body nor the table, which is also the output layer."""
    model.base_model.requires_grad_(False)
    assert not word_embeddings(model).weight.requires_grad
