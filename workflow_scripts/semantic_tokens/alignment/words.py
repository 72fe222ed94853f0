"""Which words are one subword of a tokenizer, and which subwords are words: CLSA keeps only these (section 2.2).

A word is one subword if it is tokenised into one piece that `word_forms` takes for a whole word, or into such a piece
and before it the mark of a word's beginning alone. So SentencePiece does in scripts without spaces, where no mark is
before a word inside a sentence: XLM-R has 28,286 of its 29,403 pieces in these scripts without one. Where it has both
(`▁ที่`, `ที่`), the word is the piece that the tokenizer gives it.
"""

from collections.abc import Sequence

import numpy as np
from tokenizers import Tokenizer

from semantic_tokens.grouping.surface import BYTE_LEVEL, WORDPIECE, convention, word_forms
from semantic_tokens.grouping.vocabulary import parse_vocabulary

_WORDS_AT_ONCE = 20_000  # an encoding takes about a kilobyte


class SingleSubwords:
    """Looks up the token of words that are exactly one subword, neither special nor unknown."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        text = tokenizer.to_str()
        self.vocabulary = parse_vocabulary(text)
        self.tokenizer = Tokenizer.from_str(text)  # a copy, since padding and truncation would change the lengths
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        tokens, mark = self.vocabulary.tokens, convention(self.vocabulary.tokens)
        self._forms = word_forms(tokens)
        self._mark = tokens.index(mark) if mark != WORDPIECE and mark in tokens else -1
        # Byte-level tokenizers put nothing before a text, but a blank stands before a word of a sentence.
        self._before = " " if mark == BYTE_LEVEL else ""

    def token_ids(self, words: Sequence[str]) -> np.ndarray:
        """int64 [n]: the token of each word, -1 for a word that is several, special or unknown."""
        found: list[int] = []
        for start in range(0, len(words), _WORDS_AT_ONCE):
            part = [self._before + word for word in words[start : start + _WORDS_AT_ONCE]]
            encoded = self.tokenizer.encode_batch_fast(part, add_special_tokens=False)
            found += [self._only(encoding.ids) for encoding in encoded]
        ids = np.array(found, dtype=np.int64)
        return np.where(np.isin(ids, self.vocabulary.special_ids), -1, ids)

    def word_ids(self) -> np.ndarray:
        """int64, ascending: the tokens that are words, namely those that their own text is tokenised into.

        A continuation (`##ing`; `ing` beside `▁ing`) is not one: no dictionary would list it.
        """
        ids = self.vocabulary.clusterable_ids
        ids = ids[[self._forms[i] is not None for i in ids]]
        return ids[self.token_ids([self._forms[i] or "" for i in ids]) == ids]

    def _only(self, ids: list[int]) -> int:
        """The one piece that counts, -1 if there are more or none."""
        alone = len(ids) == 1 or (len(ids) == 2 and ids[0] == self._mark)
        return ids[-1] if alone and self._forms[ids[-1]] is not None else -1
