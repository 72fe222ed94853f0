"""Which words are one subword of a tokenizer, and which subwords are words: CLSA keeps only these (section 2.2)."""

from collections.abc import Sequence

import numpy as np
from tokenizers import Tokenizer

from semantic_tokens.grouping.vocabulary import parse_vocabulary

_WORD_START = "▁"  # SentencePiece puts it before a word
_WORDS_AT_ONCE = 20_000  # an encoding takes about a kilobyte


class SingleSubwords:
    """Looks up the token of words that are exactly one subword, neither special nor unknown."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        text = tokenizer.to_str()
        self.vocabulary = parse_vocabulary(text)
        self.tokenizer = Tokenizer.from_str(text)  # a copy, since padding and truncation would change the lengths
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()

    def token_ids(self, words: Sequence[str]) -> np.ndarray:
        """int64 [n]: the token of each word, -1 for a word that is several, special or unknown."""
        found: list[int] = []
        for start in range(0, len(words), _WORDS_AT_ONCE):
            part = list(words[start : start + _WORDS_AT_ONCE])
            encoded = self.tokenizer.encode_batch_fast(part, add_special_tokens=False)
            found += [encoding.ids[0] if len(encoding) == 1 else -1 for encoding in encoded]
        ids = np.array(found, dtype=np.int64)
        return np.where(np.isin(ids, self.vocabulary.special_ids), -1, ids)

    def word_ids(self) -> np.ndarray:
        """int64, ascending: the tokens that are words, namely those that their own text is tokenised into.

        A continuation (`##ing`; `ing` beside `▁ing`) is none: a dictionary could not give it either.
        """
        ids = self.vocabulary.clusterable_ids
        texts = [self.vocabulary.tokens[i].removeprefix(_WORD_START) for i in ids]
        return ids[self.token_ids(texts) == ids]
