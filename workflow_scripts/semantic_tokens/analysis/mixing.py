"""Which groups join tokens of different scripts or languages, or beginnings of words with continuations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from semantic_tokens.analysis.pairs import distinct, share, shuffled_groups
from semantic_tokens.analysis.tokens import ordinary, scripts
from semantic_tokens.conditions import Condition
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.surface import word_initial
from semantic_tokens.pretraining.token_cache import TokenCache


@dataclass(frozen=True)
class Mixing:
    """How many groups of one grouping differ inside in one property (`script`, `language`, `word_start`).

    known_tokens   share of all ordinary tokens that have a value of the property; a small text leaves languages unknown
    groups         groups of two or more ordinary tokens
    mixed_groups   share of them whose tokens have two values or more; a token without one counts neither way (a digit
                   has no script, a token that never occurs no language); None where there is no such group
    mixed_tokens   share of all ordinary tokens that are in a mixed group
    random_*       the same for a random grouping of the same sizes (one seeded shuffle)
    """

    condition: Condition
    property: str
    known_tokens: float
    groups: int
    mixed_groups: float | None
    mixed_tokens: float | None
    random_mixed_groups: float | None
    random_mixed_tokens: float | None


def properties(tokens: Sequence[str], text: TokenCache | None) -> dict[str, np.ndarray]:
    """The properties of V tokens by name, int [V] each, -1 where a token has none.

    A token's language is the one in which it is relatively most frequent; without a text there is no such property.
    """
    found = {"script": scripts(tokens), "word_start": word_initial(tokens).astype(np.int64)}
    return found if text is None else found | {"language": text.token_languages(len(tokens))}


def measure_mixing(
    condition: Condition, partition: VocabularyPartition, values: Mapping[str, np.ndarray], seed: int
) -> list[Mixing]:
    """One row for each property in `values`: name -> int [V]."""
    free = ordinary(partition)
    group_of = partition.group_of[free].astype(np.int64)
    dealt = shuffled_groups(group_of, seed)
    plural = int((np.bincount(group_of) > 1).sum())
    rows = []
    for name, value in values.items():
        own, random = mixed_shares(group_of, value[free]), mixed_shares(dealt, value[free])
        rows.append(Mixing(condition, name, float((value[free] >= 0).mean()), plural, *own, *random))
    return rows


def mixed_shares(group_of: np.ndarray, values: np.ndarray) -> tuple[float | None, float | None]:
    """Share of the groups of two or more tokens, and of the tokens, that are mixed: groups and values int [n], -1 = no
    value."""
    sizes = np.bincount(group_of)
    known = values >= 0
    n_values = values.max(initial=0) + 1
    cells = distinct(group_of[known] * n_values + values[known])  # one for each value that a group has
    mixed = np.bincount(cells // n_values, minlength=len(sizes)) > 1
    return share(int(mixed.sum()), int((sizes > 1).sum())), share(int(sizes[mixed].sum()), len(group_of))
