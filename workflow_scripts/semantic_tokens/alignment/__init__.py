"""Cross-lingual subword alignment (CLSA): dictionaries to token pairs, InfoNCE on the embedding table (section 2.2)."""

from semantic_tokens.alignment.history import write_history
from semantic_tokens.alignment.infonce import AlignmentResult, align
from semantic_tokens.alignment.pairs import TokenPairs, token_pairs

__all__ = ["AlignmentResult", "TokenPairs", "align", "token_pairs", "write_history"]
