"""Masked-language-model training, from scratch or continued: packed token cache, keyed masking, resumable loop."""

from semantic_tokens.pretraining.masking import MaskingVocabulary, masking_vocabulary
from semantic_tokens.pretraining.token_cache import TokenCache, read_cache
from semantic_tokens.pretraining.training import Schedule, pretrain, training_state, training_step, write_losses

__all__ = [
    "MaskingVocabulary",
    "Schedule",
    "TokenCache",
    "masking_vocabulary",
    "pretrain",
    "read_cache",
    "training_state",
    "training_step",
    "write_losses",
]
