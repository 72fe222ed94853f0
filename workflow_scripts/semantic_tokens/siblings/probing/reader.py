"""A model that reads: one way to load encoders, the encoder of an encoder-decoder, and decoders."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModel, AutoModelForTextEncoding, PreTrainedModel
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_MASKED_LM_MAPPING_NAMES,
    MODEL_FOR_TEXT_ENCODING_MAPPING_NAMES,
)

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.models import checkpoint

POOLINGS = ("mean", "first", "last")


@dataclass(frozen=True)
class Reader:
    """A model without its head, in evaluation mode, and what turns text into its ids.

    tokenizer  special tokens are those that its own post-processor adds
    lookup     int32 [V]: the model's id of each id of the tokenizer; None where they are the same
    causal     a token sees only what stands before it
    """

    model: PreTrainedModel
    tokenizer: Tokenizer
    lookup: np.ndarray | None
    causal: bool

    @property
    def pooling(self) -> str:
        """How this model's vectors are pooled unless one says: `mean` over the tokens of a text, `last` for a decoder.

        Only a decoder's last token has read the whole text.
        """
        return "last" if self.causal else "mean"


def load(folder: Path, tokenizer: Path, partition: Path | None, device: str) -> Reader:
    """The model of a checkpoint folder in float32: of ours, with its partition, or a published one.

    Raises InputError where a model that no step of ours has built lacks weights.
    """
    kind = AutoConfig.from_pretrained(folder, trust_remote_code=False).model_type
    masked, encoder = kind in MODEL_FOR_MASKED_LM_MAPPING_NAMES, kind in MODEL_FOR_TEXT_ENCODING_MAPPING_NAMES
    model = checkpoint.load_for_task(folder, "encoder", 0) if masked else _body(folder, encoder)
    lookup = None if partition is None else VocabularyPartition.load(partition).token_lookup()
    return Reader(model.eval().to(device), Tokenizer.from_file(str(tokenizer)), lookup, not (masked or encoder))


def _body(folder: Path, encoder: bool) -> PreTrainedModel:
    """The encoder alone of an encoder-decoder, or a decoder."""
    auto_class = AutoModelForTextEncoding if encoder else AutoModel
    model, info = auto_class.from_pretrained(
        folder, dtype=torch.float32, trust_remote_code=False, output_loading_info=True
    )
    if info["missing_keys"]:
        raise InputError(f"{folder}: weights are missing: {sorted(info['missing_keys'])[:4]}")
    return model
