"""A classifier for an encoder without one in transformers (mT5's): mean over the tokens, then a linear layer."""

from pathlib import Path

import torch
from torch import nn
from transformers import AutoConfig, AutoModelForTextEncoding, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_MASKED_LM_MAPPING_NAMES,
    MODEL_FOR_TEXT_ENCODING_MAPPING_NAMES,
)

from semantic_tokens.errors import InputError
from semantic_tokens.models.parts import word_embeddings


class MeanPooledClassifier(nn.Module):
    """Logits [batch, n_labels] of a sequence from the mean of its last hidden states, padding left out."""

    def __init__(self, encoder: PreTrainedModel, n_labels: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.classifier = nn.Linear(word_embeddings(encoder).embedding_dim, n_labels)

    @property
    def config(self) -> PretrainedConfig:
        return self.encoder.config

    @property
    def device(self) -> torch.device:
        return self.encoder.device

    def get_input_embeddings(self) -> nn.Module:
        return self.encoder.get_input_embeddings()

    def activation_checkpointing_enable(self) -> None:
        """Let the encoder's layers compute their activations again in the backward pass."""
        self.encoder.activation_checkpointing_enable()

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> SequenceClassifierOutput:
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        kept = attention_mask.unsqueeze(-1).to(states.dtype)
        return SequenceClassifierOutput(logits=self.classifier((states * kept).sum(1) / kept.sum(1)))


def is_needed(folder: Path) -> bool:
    """Whether the checkpoint is an encoder, or has one, but not a masked LM, for which transformers has classifiers."""
    kind = AutoConfig.from_pretrained(folder).model_type
    return kind in MODEL_FOR_TEXT_ENCODING_MAPPING_NAMES and kind not in MODEL_FOR_MASKED_LM_MAPPING_NAMES


def load(folder: Path, n_labels: int) -> MeanPooledClassifier:
    """The encoder of the checkpoint, float32, with a new head drawn from torch's global generator.

    A decoder in the checkpoint is left out. Raises InputError where weights of the encoder are missing or not used.
    """
    encoder, info = AutoModelForTextEncoding.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    left_out = [name for name in info["unexpected_keys"] if not name.startswith(("decoder.", "lm_head."))]
    for problem, names in (("missing", info["missing_keys"]), ("not used by this architecture", left_out)):
        if names:
            raise InputError(f"{folder}: weights are {problem}: {sorted(names)[:4]}")
    return MeanPooledClassifier(encoder, n_labels)
