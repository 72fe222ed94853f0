"""Checkpoint folders: ordinary transformers ones, plus the truncated dimension where a table was truncated.

A condition's model folder holds config.json and model.safetensors over V' groups; plain `AutoModel` loads it, and the
group map beside it (partition.parquet) turns token ids into its ids.
"""

from pathlib import Path
from typing import Any, Literal

import torch
import transformers
from transformers import AutoModel, AutoModelForMaskedLM, PreTrainedModel

from semantic_tokens.errors import InputError
from semantic_tokens.models import pooled
from semantic_tokens.models.surgery import is_tied
from semantic_tokens.models.truncation import TruncatedEmbedding, padded_state, truncate

TRUNCATED_KEY = "truncated_embedding_dim"
Head = Literal["token-classification", "sequence-classification", "question-answering", "encoder"]
_HEADS = {
    "token-classification": "AutoModelForTokenClassification",
    "sequence-classification": "AutoModelForSequenceClassification",
    "question-answering": "AutoModelForQuestionAnswering",
}


def load_masked_lm(folder: Path) -> PreTrainedModel:
    """Load a masked language model in float32, truncated as its config says.

    Raises InputError where the folder holds no masked-LM head, or a decoder that is not tied to the word embeddings:
    transformers would fill the first with random numbers, and a group's two tables could not be merged for the second.
    """
    model, info = AutoModelForMaskedLM.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    if not is_tied(model):
        raise InputError(
            f"{folder}: the masked-LM decoder is not tied to the word embeddings; grouping needs one table"
        )
    if info["missing_keys"]:
        raise InputError(
            f"{folder}: no masked-LM head in this checkpoint; missing weights: {sorted(info['missing_keys'])[:4]}"
        )
    return _truncated(model).eval()


def load_for_task(folder: Path, head: Head, n_labels: int) -> Any:
    """Load the model with a new head of `n_labels` outputs (drawn from torch's global generator), float32.

    A decoder classifies a sequence by its last token that is no padding, the encoder of an encoder-decoder by the mean
    over its tokens.
    """
    if head == "encoder":
        return _truncated(_quietly(AutoModel, folder))
    if head == "sequence-classification" and pooled.is_needed(folder):
        return pooled.load(folder, n_labels)
    return _truncated(_quietly(getattr(transformers, _HEADS[head]), folder, num_labels=n_labels))


def save(model: PreTrainedModel, folder: Path) -> None:
    """Write config.json and model.safetensors; a truncated table is padded with zeros and its dimension recorded."""
    embedding = model.get_input_embeddings()
    if isinstance(embedding, TruncatedEmbedding):
        setattr(model.config, TRUNCATED_KEY, embedding.embedding_dim)
    model.save_pretrained(folder, state_dict=padded_state(model))
    (Path(folder) / "model.safetensors").chmod(0o644)  # it is written readable by its owner alone


def _truncated(model: PreTrainedModel) -> PreTrainedModel:
    dim = getattr(model.config, TRUNCATED_KEY, None)
    return model if dim is None else truncate(model, dim)


def _quietly(auto_class, folder: Path, **options) -> PreTrainedModel:
    """Load without the warning that the head is new: it is meant to be."""
    verbosity = transformers.logging.get_verbosity()
    transformers.logging.set_verbosity_error()
    try:
        return auto_class.from_pretrained(folder, dtype=torch.float32, **options)
    finally:
        transformers.logging.set_verbosity(verbosity)
