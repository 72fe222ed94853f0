"""The ONNX form: one graph from the tokenizer's ids to hidden states, with the map from token to group inside."""

import inspect
import logging
import warnings
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.models.parts import body
from semantic_tokens.models.positions import first_position

_NEEDED = ("onnx", "onnxscript")
_TYPES = "token_type_ids"


class _Encoder(nn.Module):
    """Token ids to the last hidden state of a grouped encoder."""

    group_of: Tensor

    def __init__(self, model: PreTrainedModel, partition: VocabularyPartition) -> None:
        super().__init__()
        self.model = model
        self.register_buffer("group_of", torch.from_numpy(partition.group_of).long())

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor | None = None) -> Tensor:
        types = {} if token_type_ids is None else {_TYPES: token_type_ids}
        return self.model(input_ids=self.group_of[input_ids], attention_mask=attention_mask, **types).last_hidden_state


def require_exporter() -> None:
    """Raises InputError where the packages that write ONNX are not installed."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise InputError(f"form onnx needs the packages {', '.join(missing)}: pip install 'semantic-tokens[onnx]'")


def write_onnx(model: PreTrainedModel, partition: VocabularyPartition, path: Path) -> None:
    """Write the encoder of a grouped model, without a head.

    Inputs, int64 [texts, length] of any size: `input_ids` as the tokenizer gives them, `attention_mask`, and where the
    model has several kinds of text `token_type_ids`. Output, float32 [texts, length, dim]: `last_hidden_state`.
    """
    require_exporter()
    encoder = body(model).eval()
    names = ["input_ids", "attention_mask"]
    if _TYPES in inspect.signature(encoder.forward).parameters and getattr(encoder.config, "type_vocab_size", 0) > 1:
        names.append(_TYPES)
    # A tensor for each input: one that is given twice becomes one input.
    example = {name: torch.full((2, 6), int(name == "attention_mask")) for name in names}
    longest = encoder.config.max_position_embeddings - first_position(encoder)
    sizes = {0: torch.export.Dim("texts"), 1: torch.export.Dim("length", max=longest)}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the exporter's own deprecations
        level = logging.getLogger("torch.onnx").level
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        torch.onnx.export(
            _Encoder(encoder, partition).eval(),
            args=(),
            kwargs=example,
            f=str(path),
            input_names=names,
            output_names=["last_hidden_state"],
            dynamic_shapes=dict.fromkeys(names, sizes),
            dynamo=True,
            external_data=False,
            verbose=False,
        )
        logging.getLogger("torch.onnx").setLevel(level)
