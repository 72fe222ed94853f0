"""Cross-lingual subword alignment (CLSA): dictionaries to token pairs, InfoNCE on the embedding table (section 2.2)."""

from semantic_tokens.alignment.history import chosen_learning_rate, write_history
from semantic_tokens.alignment.infonce import AlignmentResult, align
from semantic_tokens.alignment.pairs import TokenPairs, token_pairs
from semantic_tokens.alignment.round_trip import with_round_trip

__all__ = [
    "AlignmentResult",
    "TokenPairs",
    "align",
    "chosen_learning_rate",
    "token_pairs",
    "with_round_trip",
    "write_history",
]
