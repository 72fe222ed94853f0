"""Published checkpoints, loaded with the class that their architecture has: safetensors or .bin, and never their code.

A masked LM (BERT, XLM-R) keeps its head, which continual pretraining needs; its body alone comes as an encoder. An
encoder-decoder (mT5) gives its encoder, a decoder (BLOOM) comes as a causal LM.
"""

import copy
import logging
import pickle
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForTextEncoding,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    MODEL_FOR_MASKED_LM_MAPPING_NAMES,
    MODEL_FOR_TEXT_ENCODING_MAPPING_NAMES,
)

from semantic_tokens.backbones import packed_e5
from semantic_tokens.backbones.tokenizer_checks import require_sound
from semantic_tokens.errors import InputError
from semantic_tokens.models import checkpoint
from semantic_tokens.models.finite import require_finite
from semantic_tokens.models.parts import word_embeddings
from semantic_tokens.models.surgery import output_bias, with_vocabulary
from semantic_tokens.sources.walk import files_below

logger = logging.getLogger(__name__)

# What transformers raises for a folder that holds no checkpoint, a damaged one, or one that asks for its own code.
_UNREADABLE = (OSError, ValueError, RuntimeError, SafetensorError, pickle.UnpicklingError)


def load(
    folder: Path, vocabulary: int | None = None, dim: int | None = None
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The model, float32, and the tokenizer of a checkpoint folder.

    `vocabulary` and `dim` are the rows and columns that its table of word embeddings must have; None: any.
    Publishers round the number of rows up; an encoder loses the rows that belong to no token. Raises InputError where
    the table has another shape or fewer rows than the tokenizer has tokens, where weights are missing, and for a
    checkpoint that cannot be read without running its own code.
    """
    try:
        packed = [path for path in sorted(files_below(folder, "*.bin")) if packed_e5.is_packed(path)]
        model, tokenizer = packed_e5.load(packed[0]) if packed else _load(folder)
    except InputError:
        raise
    except _UNREADABLE as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{folder}: not a checkpoint that can be loaded safely ({reason})") from None
    if model.config.pad_token_id is None:  # Qwen2's; a decoder that classifies looks for the last token before padding
        model.config.pad_token_id = tokenizer.pad_token_id
    table = word_embeddings(model)
    for key, found, wanted in (("vocabulary", table.num_embeddings, vocabulary), ("dim", table.embedding_dim, dim)):
        if wanted is not None and found != wanted:
            raise InputError(f"{folder}: the table of word embeddings has {key} {found}, but the config says {wanted}")
    if not is_masked_lm(model.config.model_type):
        return model, tokenizer
    require_sound(tokenizer.backend_tokenizer, model, folder)
    if len(tokenizer) > (rows := table.num_embeddings):
        raise InputError(f"{folder}: the tokenizer has {len(tokenizer)} tokens, but the table {rows} rows")
    return _without_spare_rows(model, len(tokenizer), folder), tokenizer


def _load(folder: Path) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    return load_model(folder), AutoTokenizer.from_pretrained(folder, trust_remote_code=False)


def _without_spare_rows(model: PreTrainedModel, n_tokens: int, folder: Path) -> PreTrainedModel:
    """The model over its first `n_tokens` rows; the others belong to no token."""
    table = word_embeddings(model).weight.detach()
    if len(table) == n_tokens:
        return model
    logger.warning("%s: dropped %d rows of word embeddings that no token has", folder, len(table) - n_tokens)
    config = copy.deepcopy(model.config)
    config.vocab_size = n_tokens
    return with_vocabulary(model, config, table[:n_tokens].clone(), output_bias(model).detach()[:n_tokens].clone())


def load_model(folder: Path) -> PreTrainedModel:
    """The model of a checkpoint folder, float32, with the class of its architecture. Raises InputError where that is
    none of ours, or where weights are missing."""
    kind = AutoConfig.from_pretrained(folder, trust_remote_code=False).model_type
    if is_masked_lm(kind):
        return checkpoint.load(folder)
    if kind not in MODEL_FOR_TEXT_ENCODING_MAPPING_NAMES and kind not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        raise InputError(f"{folder}: {kind!r} is not a masked LM, text encoder or causal LM")
    is_encoder = kind in MODEL_FOR_TEXT_ENCODING_MAPPING_NAMES
    auto_class: Any = AutoModelForTextEncoding if is_encoder else AutoModelForCausalLM
    model, info = auto_class.from_pretrained(
        folder, dtype=torch.float32, weights_only=True, trust_remote_code=False, output_loading_info=True
    )
    if info["missing_keys"]:
        raise InputError(f"{folder}: weights are missing: {sorted(info['missing_keys'])[:4]}")
    require_finite(model.named_parameters(), folder)
    return model.eval()


def is_masked_lm(kind: str) -> bool:
    """Whether transformers has a masked LM of this architecture: such an encoder is what grouping takes."""
    return kind in MODEL_FOR_MASKED_LM_MAPPING_NAMES
