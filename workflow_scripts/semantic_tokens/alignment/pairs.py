"""From the word pairs of dictionaries to pairs of tokens: only words that are one subword (paper, section 2.2).

The table may have tens of millions of rows (PanLex), so it is read in batches. All that stays of a pair of words is a
64-bit hash, to count the distinct pairs, and its pair of tokens if it has one: 8 bytes for each that is distinct.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from tokenizers import Tokenizer

from semantic_tokens import tables
from semantic_tokens.alignment.coverage import LANGUAGES, by_script, pair_kinds, word_kinds
from semantic_tokens.alignment.words import SingleSubwords
from semantic_tokens.errors import InputError

LanguagePair = tuple[str, str]
_ROWS_A_BATCH = 500_000
_MIX = np.uint64(0x9E3779B97F4A7C15)  # odd: makes the hash of (a, b) another than that of (b, a)


@dataclass(frozen=True, eq=False)
class TokenPairs:
    """n distinct pairs of tokens that translate each other.

    a, b           int64 [n]: token ids; a is in the first language of the pair, b in the second
    language_pair  int64 [n]: index into `names`
    names          (language, language), sorted, the first <= the second: all pairs of languages that the sources give
    coverage       table `lang_a, lang_b, given, kept`: distinct word pairs given, distinct token pairs kept
    languages      the distinct word pairs by language and script, as `coverage.by_script` gives them
    """

    a: np.ndarray
    b: np.ndarray
    language_pair: np.ndarray
    names: tuple[LanguagePair, ...]
    coverage: pa.Table
    languages: pa.Table = field(default_factory=LANGUAGES.empty_table)

    def __len__(self) -> int:
        return len(self.a)


def token_pairs(
    word_pairs: Path, tokenizer: Tokenizer, sources: Sequence[str], rows_a_batch: int = _ROWS_A_BATCH
) -> TokenPairs:
    """Token pairs of the dictionaries `sources` in the Parquet table `word_pairs`.

    A word counts when it is exactly one subword, neither special nor unknown. A pair of a token with itself is dropped
    (nothing to align), so is a repeated one. The order depends neither on that of the rows nor on that of the sources.
    The count of the word pairs given takes two with the same hash for one: among 10 million of two languages, that
    happens with a chance of 3 in a million.
    InputError: a source that the table lacks, and whatever `tables.validate` refuses.
    """
    subwords, present = SingleSubwords(tokenizer), set[str]()
    given = defaultdict[LanguagePair, defaultdict[int, _Distinct]](lambda: defaultdict(partial(_Distinct, np.uint64)))
    kept = defaultdict[LanguagePair, _Distinct](partial(_Distinct, np.int64))
    for batch in _together(tables.read_batches("word_pairs", word_pairs), rows_a_batch):
        present.update(pc.unique(batch["source"]).to_pylist())
        chosen = batch.filter(pc.is_in(batch["source"], pa.array(sources, pa.string())))
        for name, hashes, kinds, tokens in _by_language_pair(chosen, subwords):
            for kind, places in zip(*by_value(kinds), strict=True):
                given[name][int(kind)].add(hashes[places])
            kept[name].add(tokens)
    missing = [source for source in sources if source not in present]
    if missing:
        raise InputError(
            f"word_pairs has no row of source {missing[0]!r}; it has {', '.join(sorted(present)) or 'none'}"
        )
    counts = {name: {kind: len(part.values()) for kind, part in given[name].items()} for name in sorted(given)}
    names = tuple(counts)
    of_names = [kept[name].values() for name in names]
    sizes = list(map(len, of_names))
    tokens = np.concatenate([*of_names, np.empty(0, np.int64)])
    coverage = {
        "lang_a": pa.array([name[0] for name in names], pa.string()),
        "lang_b": pa.array([name[1] for name in names], pa.string()),
        "given": pa.array([sum(counts[name].values()) for name in names], pa.int64()),
        "kept": pa.array(sizes, pa.int64()),
    }
    language_pair = np.repeat(np.arange(len(names)), sizes)
    a, b = tokens >> 32, tokens & 0xFFFFFFFF
    return TokenPairs(a, b, language_pair, names, pa.table(coverage), by_script(counts))


def in_either_order(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """int64 [n]: one number for a pair of tokens, whichever comes first."""
    return np.minimum(a, b) << 32 | np.maximum(a, b)


def by_value(values: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """The distinct values of int [n], ascending, and for each the places that have it, ascending."""
    names, sizes = np.unique(values, return_counts=True)
    return names, np.split(np.argsort(values, kind="stable"), np.cumsum(sizes)[:-1])[: len(names)]  # of nothing, none


class _Distinct:
    """The distinct numbers of parts that come one after another.

    Parts wait until they are as many as what was merged before: sorting all anew for every part would grow with the
    square of their number.
    """

    def __init__(self, dtype: type) -> None:
        self.merged: np.ndarray = np.empty(0, dtype)
        self.waiting: list[np.ndarray] = []

    def add(self, values: np.ndarray) -> None:
        self.waiting.append(values)
        if sum(map(len, self.waiting)) >= len(self.merged):
            self.values()

    def values(self) -> np.ndarray:
        """All so far, ascending."""
        numbers = np.sort(np.concatenate([self.merged, *self.waiting]))
        self.merged, self.waiting = numbers[np.diff(numbers, prepend=numbers[:1] + 1) != 0], []
        return self.merged


def _together(batches: Iterable[pa.Table], rows: int) -> Iterator[pa.Table]:
    """The rows in batches of at least that many: a word is looked up once a batch, and words come again and again."""
    waiting: list[pa.Table] = []
    for batch in batches:
        waiting.append(batch)
        if sum(map(len, waiting)) >= rows:
            yield pa.concat_tables(waiting)
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting)


def _by_language_pair(
    table: pa.Table, subwords: SingleSubwords
) -> list[tuple[LanguagePair, np.ndarray, np.ndarray, np.ndarray]]:
    """For each pair of languages: uint64 hashes of its pairs of words and their `pair_kinds`; int64 a << 32 | b of its
    pairs of tokens.

    The alphabetically first language comes first; within one language (a, b) and (b, a) are the same.
    """
    from pandas.util import hash_array

    (a, b), words = _distinct(table, "word")
    (lang_a, lang_b), languages = _distinct(table, "lang")
    rank = np.argsort(np.argsort(languages))
    swap = rank[lang_a] > rank[lang_b]
    a, b = np.where(swap, b, a), np.where(swap, a, b)
    lang_a, lang_b = np.where(swap, lang_b, lang_a), np.where(swap, lang_a, lang_b)
    texts = np.array(words, dtype=object)
    hashes, tokens = hash_array(texts, categorize=False), subwords.token_ids(words)
    kinds = word_kinds(words, tokens)
    found = []
    for code, rows in zip(*by_value(lang_a * len(languages) + lang_b), strict=True):
        one, other = divmod(int(code), len(languages))
        hash_a, hash_b = _oriented(hashes[a[rows]], hashes[b[rows]], one == other)
        token_a, token_b = _oriented(tokens[a[rows]], tokens[b[rows]], one == other)
        kind_a, kind_b = _oriented(kinds[a[rows]], kinds[b[rows]], one == other)
        keep = (token_a >= 0) & (token_b >= 0) & (token_a != token_b)
        pair = (languages[one], languages[other])
        tokens_kept = (token_a << 32 | token_b)[keep]
        found.append((pair, hash_a * _MIX + hash_b, pair_kinds(kind_a, kind_b, keep), tokens_kept))
    return found


def _distinct(table: pa.Table, column: str) -> tuple[np.ndarray, list[str]]:
    """[2, n] indices of `{column}_a` and `{column}_b` into their distinct values."""
    values = pa.chunked_array(table[f"{column}_a"].chunks + table[f"{column}_b"].chunks, pa.string())
    encoded = values.combine_chunks().dictionary_encode()
    return encoded.indices.to_numpy().astype(np.int64).reshape(2, -1), encoded.dictionary.to_pylist()


def _oriented(a: np.ndarray, b: np.ndarray, same_language: bool) -> tuple[np.ndarray, np.ndarray]:
    return (np.minimum(a, b), np.maximum(a, b)) if same_language else (a, b)
