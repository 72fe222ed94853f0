"""Do groups hold translations? Judged by the dictionaries' pairs of words that are one token each.

A pair of tokens counts once for each pair of languages that lists it, as dictionaries do. An alignment (CLSA) pulls its
training pairs together, so groups of an aligned table are judged by the pairs that were held out from it alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from semantic_tokens.alignment.pairs import TokenPairs
from semantic_tokens.analysis.pairs import chance_of_a_shared_group, distinct, f1, share
from semantic_tokens.analysis.tokens import ordinary
from semantic_tokens.conditions import Condition
from semantic_tokens.grouping.partition import VocabularyPartition


@dataclass(frozen=True, eq=False)
class DictionaryPairs:
    """n pairs of tokens a, b (int64 [n]) that two different languages list as translations.

    language_pair  int64 [n]: a number for the pair of languages; a is a word of the first, b of the second
    trained        bool [n]: an alignment on these dictionaries trains on the pair
    """

    a: np.ndarray
    b: np.ndarray
    language_pair: np.ndarray
    trained: np.ndarray

    def save(self, path: Path) -> None:
        pq.write_table(pa.table(vars(self)), path, compression="zstd")

    @classmethod
    def load(cls, path: Path) -> "DictionaryPairs":
        """Read what `save` wrote."""
        table = pq.read_table(path)
        return cls(**{name: table[name].to_numpy() for name in table.column_names})


@dataclass(frozen=True)
class DictionaryMeasures:
    """How well groups agree with dictionaries; shares are fractions, None where there is nothing to count.

    sources           the dictionaries, as a source set of the alignments
    judged_on         `all` of their pairs, or those `held-out` from an alignment on them
    listed            pairs judged: of two ordinary grouped tokens
    recall            share of them whose tokens share a group
    possible          pairs in one group that could be listed: a word of each language in the dictionaries of the two
                      languages; pairs that an alignment trains on are left out where it is judged on held-out ones
    precision         share of those that are listed
    random_*          expected of a random grouping of the same sizes, in closed form
    """

    condition: Condition
    sources: str
    judged_on: str
    listed: int
    recall: float | None
    possible: int
    precision: float | None
    f1: float | None
    random_recall: float | None
    random_precision: float | None
    random_f1: float | None


def dictionary_pairs(pairs: TokenPairs, held_out: float, seed: int) -> DictionaryPairs:
    """The pairs of two different languages, and which of them `alignment.align` trains on, given its pairs, the share
    that it holds out and its seed: the split is the same, for it depends on the order of the token ids alone."""
    from semantic_tokens.alignment.held_out import hold_out  # torch, which readers of the rows do without

    training = hold_out(pairs, held_out, seed).training
    crossing = np.array([first != second for first, second in pairs.names])[pairs.language_pair]
    columns = (pairs.a, pairs.b, pairs.language_pair, training)
    return DictionaryPairs(*(column[crossing] for column in columns))


def measure_dictionaries(
    condition: Condition, sources: str, partition: VocabularyPartition, pairs: DictionaryPairs, held_out: bool
) -> DictionaryMeasures:
    """Judge a partition by all pairs of a source set, or by those that an alignment on the set holds out."""
    free = ordinary(partition)
    known = free[pairs.a] & free[pairs.b]
    a, b, languages = pairs.a[known], pairs.b[known], pairs.language_pair[known]
    left_out = pairs.trained[known] if held_out else np.zeros(len(a), dtype=bool)
    together = partition.group_of[a] == partition.group_of[b]
    found = int((together & ~left_out).sum())
    listed = int((~left_out).sum())
    first, second = (distinct(languages * len(free) + words) for words in (a, b))
    possible = possible_pairs(first, second, partition.group_of) - int((together & left_out).sum())
    anywhere = possible_pairs(first, second, np.zeros_like(partition.group_of)) - int(left_out.sum())
    recall, precision = share(found, listed), share(found, possible)
    random_recall, random_precision = chance_of_a_shared_group(partition.group_of[free]), share(listed, anywhere)
    return DictionaryMeasures(
        condition=condition,
        sources=sources,
        judged_on="held-out" if held_out else "all",
        listed=listed,
        recall=recall,
        possible=possible,
        precision=precision,
        f1=f1(precision, recall),
        random_recall=random_recall,
        random_precision=random_precision,
        random_f1=f1(random_precision, random_recall),
    )


def possible_pairs(first: np.ndarray, second: np.ndarray, group_of: np.ndarray) -> int:
    """Pairs of different tokens in one group, a word of the first language and one of the second, over all pairs of
    languages.

    first, second  int64, distinct: pair of languages * V + token, the words that the first and the second language
                   have in the dictionaries of the two
    group_of       int [V]
    """
    n_groups = np.int64(group_of.max(initial=0)) + 1
    tables = []
    for words in (first, second):
        language_pair, token = np.divmod(words, len(group_of))
        tables.append(np.unique(language_pair * n_groups + group_of[token], return_counts=True))
    (cells, counts), (other_cells, other_counts) = tables
    _, one, other = np.intersect1d(cells, other_cells, assume_unique=True, return_indices=True)
    same = int(np.isin(first, second, assume_unique=True).sum())  # a token of both languages makes no pair with itself
    return int((counts[one] * other_counts[other]).sum()) - same


def gather_coverage(looked_up: Sequence[tuple[str, str]], files: Sequence[Path], path: Path) -> None:
    """Write the tables `TokenPairs.languages` of (backbone, source set) as one CSV, these two columns first."""
    parts = []
    for (backbone, sources), file in zip(looked_up, files, strict=True):
        found = csv.read_csv(file)
        columns = {"backbone": [backbone] * len(found), "sources": [sources] * len(found)}
        parts.append(pa.table(columns | {name: found[name] for name in found.column_names}))
    csv.write_csv(pa.concat_tables(parts), path)
