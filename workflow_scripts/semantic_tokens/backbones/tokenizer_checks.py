"""What an encoder's tokenizer must do to be of use here, tried on a sample once, when the backbone is fetched.

A tokenizer that does not suit its vocabulary gives numbers all the same: a cased vocabulary read in lower case makes
[UNK] of every name, and a text without [CLS] leaves the classifier nothing to read.
"""

from pathlib import Path

from tokenizers import Tokenizer
from transformers import PreTrainedModel

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.vocabulary import MASK_TOKENS, PAD_TOKENS, parse_vocabulary
from semantic_tokens.models.parts import decoder
from semantic_tokens.models.positions import first_position

_WITH_CAPITALS = 0.01  # of the pieces of a cased vocabulary many more, of an uncased one none


def require_sound(tokenizer: Tokenizer, model: PreTrainedModel, folder: Path) -> None:
    """Raises InputError that names what the tokenizer in `folder` lacks or gets wrong for an encoder."""
    vocabulary = parse_vocabulary(tokenizer.to_str())
    special = {vocabulary.tokens[i]: i for i in vocabulary.special_ids}
    padding = next((special[name] for name in PAD_TOKENS if name in special), None)
    if padding is None:
        raise InputError(f"{folder}: the tokenizer has no padding token; allowed: {' or '.join(PAD_TOKENS)}")
    if first_position(model) and padding != model.config.pad_token_id:
        raise InputError(
            f"{folder}: the model counts positions from padding token {model.config.pad_token_id}, but the tokenizer "
            f"pads with {padding}"
        )
    if decoder(model) is not None and not any(name in special for name in MASK_TOKENS):
        raise InputError(f"{folder}: the tokenizer has no token to mask with; allowed: {' or '.join(MASK_TOKENS)}")
    if tokenizer.encode("a").ids == tokenizer.encode("a", add_special_tokens=False).ids:
        raise InputError(
            f"{folder}: the tokenizer puts no special token around a text, as an encoder expects: its tokenizer.json "
            "needs a post_processor"
        )
    pieces = [vocabulary.tokens[i] for i in vocabulary.clusterable_ids]
    capitals = sum(token != token.lower() for token in pieces)
    if _lowers(tokenizer) and capitals > _WITH_CAPITALS * len(pieces):
        raise InputError(
            f"{folder}: the tokenizer reads texts in lower case, but {capitals} of its {len(pieces)} pieces have "
            "capitals, which no text would give: set do_lower_case to false in tokenizer_config.json"
        )


def _lowers(tokenizer: Tokenizer) -> bool:
    return tokenizer.normalizer is not None and tokenizer.normalizer.normalize_str("A").endswith("a")
