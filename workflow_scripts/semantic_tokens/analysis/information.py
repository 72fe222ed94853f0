"""What a grouping hides of a text: the entropy of its tokens less that of their groups, in bits per token.

A test set is in one language at a time. If tokens that never occur in the same language share a group, no test notices;
random groups mostly do this. Groups of similar tokens of one language lose what told them apart. Ours: the paper has
neither this measure nor a random control.
"""

from dataclasses import dataclass

import numpy as np

from semantic_tokens.analysis.pairs import shuffled_groups
from semantic_tokens.analysis.tokens import ordinary
from semantic_tokens.conditions import Condition
from semantic_tokens.grouping.partition import VocabularyPartition


@dataclass(frozen=True)
class Information:
    """All over ordinary tokens of the pretraining text, each language weighing the same.

    bits          entropy of a token, given its language
    bits_lost     the same less the entropy of its group: what can no longer be told within a language
    displaced     share of the running tokens whose group has, in that language, a more frequent member
    random_*      the same for a random grouping of the same sizes (one seeded shuffle)
    """

    condition: Condition
    bits: float
    bits_lost: float
    displaced: float
    random_bits_lost: float
    random_displaced: float


def measure_information(
    condition: Condition, partition: VocabularyPartition, counts: np.ndarray, seed: int
) -> Information:
    """counts: int [languages, V], how often each token occurs in each language's text."""
    free = ordinary(partition)
    group_of = partition.group_of[free].astype(np.int64)
    dealt = shuffled_groups(group_of, seed)
    occurs = counts.sum(axis=0) > 0  # few of a large vocabulary's tokens do
    counts = counts[:, free & occurs]
    counts = counts[counts.sum(axis=1) > 0]
    found = [lost(row, group_of[occurs[free]]) for row in counts]
    random = [lost(row, dealt[occurs[free]]) for row in counts]
    bits = float(np.mean([entropy(row) for row in counts]))
    return Information(condition, bits, *map(float, np.mean(found, axis=0)), *map(float, np.mean(random, axis=0)))


def lost(counts: np.ndarray, group_of: np.ndarray) -> tuple[float, float]:
    """(bits lost, share displaced) of one language: counts int [n] of its tokens and their groups int [n]."""
    groups, place = np.unique(group_of, return_inverse=True)
    by_group = np.bincount(place, weights=counts)
    commonest = np.zeros(len(groups))
    np.maximum.at(commonest, place, counts)
    return entropy(counts) - entropy(by_group), 1 - commonest.sum() / counts.sum()


def entropy(counts: np.ndarray) -> float:
    """In bits."""
    share = counts[counts > 0] / counts.sum()
    return float(-(share * np.log2(share)).sum())
