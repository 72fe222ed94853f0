"""Checkpoint folders: ordinary transformers ones, plus the truncated dimension where a table was truncated, and the
number of parts where it is a composition.

A condition's model folder holds config.json and model.safetensors over V' groups; plain `AutoModel` loads it, and the
group map beside it (partition.parquet) turns token ids into its ids.
"""

import logging
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import AutoConfig, AutoModel, AutoModelForMaskedLM, PreTrainedModel

from semantic_tokens.errors import InputError
from semantic_tokens.models import pooled, pooler
from semantic_tokens.models.finite import require_finite
from semantic_tokens.models.heads import HEAD_CLASSES, Head
from semantic_tokens.models.recorded import as_recorded, record, stored_state
from semantic_tokens.models.surgery import is_tied

logger = logging.getLogger(__name__)


def load(folder: Path) -> PreTrainedModel:
    """The model of a condition in float32, its table truncated or composed as its config says: a masked LM, or an
    encoder whose checkpoint names no head.

    Raises InputError where weights are missing, or where the head's decoder is not tied to the word embeddings.
    """
    return as_recorded(load_padded(folder))


def load_padded(folder: Path) -> PreTrainedModel:
    """The same with its table as it is stored: whole, and padded with zeros to full width."""
    return (_masked_lm(folder) if names_masked_lm(folder) else _encoder(folder)).eval()


def names_masked_lm(folder: Path) -> bool:
    """Whether the checkpoint's config names a class with a masked-LM head, or none at all."""
    architectures = AutoConfig.from_pretrained(folder, trust_remote_code=False).architectures or []
    return not architectures or any(name.endswith(("ForMaskedLM", "ForPreTraining")) for name in architectures)


def load_masked_lm(folder: Path) -> PreTrainedModel:
    """As `load`, but an encoder without a head is refused: transformers would fill the head with random numbers."""
    return as_recorded(_masked_lm(folder)).eval()


def load_with_random_head(folder: Path) -> PreTrainedModel:
    """An encoder without a masked-LM head as one with the tied head that transformers draws, whose every weight the
    caller replaces. Raises InputError where the checkpoint has weights of such a head."""
    model, info = _quietly(AutoModelForMaskedLM, folder, tie_word_embeddings=True)
    of_body = {*model.base_model.parameters()}  # the table too, whatever its name
    of_head = {name for name, parameter in model.named_parameters() if parameter not in of_body}
    if there := sorted(of_head - {*info["missing_keys"]}):
        raise InputError(f"{folder}: the checkpoint has a masked-LM head already: {there[:4]}")
    _refuse_other_bodies(model, info, folder)
    pooler.attach(model, folder, info["unexpected_keys"])
    return model.eval()


def _encoder(folder: Path) -> PreTrainedModel:
    """An encoder without a masked-LM head, float32; it has a pooler only where the checkpoint has one."""
    model, info = _quietly(AutoModel, folder)
    _refuse_other_bodies(model, info, folder)
    if info["missing_keys"]:
        model.pooler = None  # transformers drew it at random
    return model


def _masked_lm(folder: Path) -> PreTrainedModel:
    """A masked LM, float32, with the checkpoint's pooler. If the decoder is not tied, a group's two tables could not be
    merged."""
    model, info = _quietly(AutoModelForMaskedLM, folder)
    if not is_tied(model):
        raise InputError(
            f"{folder}: the masked-LM decoder is not tied to the word embeddings; grouping needs one table"
        )
    if info["missing_keys"]:
        raise InputError(
            f"{folder}: no masked-LM head in this checkpoint; missing weights: {sorted(info['missing_keys'])[:4]}"
        )
    _refuse_other_bodies(model, info, folder)
    pooler.attach(model, folder, info["unexpected_keys"])
    return model


def load_for_task(folder: Path, head: Head, n_labels: int) -> Any:
    """Load the model with a new head of `n_labels` outputs (drawn from torch's global generator), float32.

    A decoder classifies a sequence by its last token that is not padding, the encoder of an encoder-decoder by the mean
    over its tokens. A head that reads the pooler starts from the checkpoint's; where that has none, a new one is drawn
    and the log says so. Raises InputError where any other weight of the body is missing or left out.
    """
    if head == "sequence-classification" and pooled.is_needed(folder):
        return pooled.load(folder, n_labels)
    if head == "encoder":
        return as_recorded(_encoder(folder))
    model, info = _quietly(getattr(transformers, HEAD_CLASSES[head]), folder, num_labels=n_labels)
    _refuse_other_bodies(model, info, folder)
    if any(pooler.is_of_pooler(name) and _is_of_body(model, name) for name in info["missing_keys"]):
        logger.warning("%s has no pretrained pooler: a new one is initialised with the head", folder)
    return as_recorded(model)


def _refuse_other_bodies(model: PreTrainedModel, info: dict[str, Any], folder: Path) -> None:
    """Heads may be new, and others left out; but of the body only the pooler may be missing or left out."""
    for problem, names in (
        ("missing", info["missing_keys"]),
        ("not used by this architecture", info["unexpected_keys"]),
    ):
        of_body = (name for name in names if _is_of_body(model, name) and not pooler.is_of_pooler(name))
        if wrong := sorted(of_body):
            raise InputError(f"{folder}: weights are {problem}: {wrong[:4]}")


def _is_of_body(model: PreTrainedModel, name: str) -> bool:
    """Whether a weight of this name is the encoder's (or decoder's), which all heads share; a checkpoint of the body
    alone has no prefix."""
    first = name.partition(".")[0]
    return first == model.base_model_prefix or first in dict(model.base_model.named_children())


def save(model: PreTrainedModel, folder: Path) -> None:
    """Write config.json and model.safetensors; a truncated table is padded with zeros and its dimension recorded, a
    composed one is written whole and its parts are.

    Raises InputError where a weight is not finite.
    """
    require_finite(model.named_parameters(), folder)
    record(model)
    model.save_pretrained(folder, state_dict=stored_state(model))


def _quietly(auto_class: Any, folder: Path, **options: Any) -> tuple[Any, dict[str, Any]]:
    """(model in float32, what transformers could not match), without its report on the screen: the callers judge it.

    Raises InputError where a weight of the checkpoint is not finite.
    """
    verbosity = transformers.logging.get_verbosity()
    transformers.logging.set_verbosity_error()
    try:
        model, info = auto_class.from_pretrained(
            folder,
            dtype=torch.float32,
            weights_only=True,
            trust_remote_code=False,
            output_loading_info=True,
            **options,
        )
    finally:
        transformers.logging.set_verbosity(verbosity)
    require_finite(model.named_parameters(), folder)
    return model, info
