"""From the word pairs of dictionaries to pairs of tokens: only words that are one subword (paper, section 2.2)."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from tokenizers import Tokenizer

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.vocabulary import parse_vocabulary

Word = tuple[str, str]  # language, word


@dataclass(frozen=True, eq=False)
class TokenPairs:
    """n distinct pairs of tokens that translate each other.

    a, b           int64 [n]: token ids; a is in the first language of the pair, b in the second
    language_pair  int64 [n]: index into `names`
    names          (language, language), sorted, the first <= the second: all pairs of languages that the sources give
    coverage       table `lang_a, lang_b, given, kept`: distinct word pairs given, distinct token pairs kept
    """

    a: np.ndarray
    b: np.ndarray
    language_pair: np.ndarray
    names: tuple[tuple[str, str], ...]
    coverage: pa.Table

    def __len__(self) -> int:
        return len(self.a)


def token_pairs(word_pairs: pa.Table, tokenizer: Tokenizer, sources: list[str]) -> TokenPairs:
    """Token pairs of the dictionaries `sources` in `word_pairs` (word_a, lang_a, word_b, lang_b, source).

    A word counts when it is exactly one subword, neither special nor unknown. A pair of a token with itself is dropped
    (nothing to align), so is a repeated one. The order depends neither on that of the rows nor on that of the sources.
    InputError: a source that the table lacks.
    """
    present = set(pc.unique(word_pairs["source"]).to_pylist())
    missing = [source for source in sources if source not in present]
    if missing:
        raise InputError(
            f"word_pairs has no row of source {missing[0]!r}; it has {', '.join(sorted(present)) or 'none'}"
        )
    chosen = word_pairs.filter(pc.is_in(word_pairs["source"], pa.array(sources)))
    given = _distinct(chosen)
    names = tuple(sorted({(a[0], b[0]) for a, b in given}))
    index = {name: i for i, name in enumerate(names)}
    token_of = _single_tokens({word for pair in given for _, word in pair}, tokenizer)
    triples = {
        _oriented(index[a[0], b[0]], token_of[a[1]], token_of[b[1]], same_language=a[0] == b[0])
        for a, b in given
        if a[1] in token_of and b[1] in token_of and token_of[a[1]] != token_of[b[1]]
    }
    language_pair, a, b = np.array(sorted(triples), dtype=np.int64).reshape(-1, 3).T
    coverage = {
        "lang_a": [name[0] for name in names],
        "lang_b": [name[1] for name in names],
        "given": np.bincount([index[a[0], b[0]] for a, b in given], minlength=len(names)),
        "kept": np.bincount(language_pair, minlength=len(names)),
    }
    return TokenPairs(a, b, language_pair, names, pa.table(coverage))


def _distinct(table: pa.Table) -> set[tuple[Word, Word]]:
    """Each pair of words once, the alphabetically first language first."""
    columns = (table[name].to_pylist() for name in ("lang_a", "word_a", "lang_b", "word_b"))
    pairs = (((lang_a, a), (lang_b, b)) for lang_a, a, lang_b, b in zip(*columns, strict=True))
    return {(one, other) if one <= other else (other, one) for one, other in pairs}


def _oriented(language_pair: int, a: int, b: int, same_language: bool) -> tuple[int, int, int]:
    return (language_pair, b, a) if same_language and b < a else (language_pair, a, b)


def _single_tokens(words: set[str], tokenizer: Tokenizer) -> dict[str, int]:
    """word -> token id, of the words that are one ordinary subword."""
    text = tokenizer.to_str()
    special = set(parse_vocabulary(text).special_ids)
    bare = Tokenizer.from_str(text)  # a copy, since padding and truncation would change the lengths
    bare.no_padding()
    bare.no_truncation()
    ordered = sorted(words)
    encoded = bare.encode_batch(ordered, add_special_tokens=False)
    ids = {word: encoding.ids for word, encoding in zip(ordered, encoded, strict=True)}
    return {word: found[0] for word, found in ids.items() if len(found) == 1 and found[0] not in special}
