"""How large groups are, and how unevenly tokens are spread over them."""

from dataclasses import dataclass

import numpy as np

from semantic_tokens.grouping.partition import VocabularyPartition


@dataclass(frozen=True)
class GroupSizes:
    """Tokens of every group, special tokens (each alone) included; dropped tokens (First-k) are in no group.

    largest_share          share of the tokens that are in the largest group
    largest_percent_share  share of the tokens that are in the largest 1% of the groups (rounded up)
    gini                   0 where all groups are of one size, towards 1 where one group has everything
    """

    groups: int
    tokens: int
    dropped_tokens: int
    mean_size: float
    median_size: float
    largest_size: int
    largest_share: float
    largest_percent_share: float
    gini: float


def measure_sizes(partition: VocabularyPartition) -> GroupSizes:
    """The sizes of a partition's groups."""
    ascending = np.sort(partition.group_sizes())
    groups, tokens = len(ascending), int(ascending.sum())
    hundredth = -(-groups // 100)
    rank = np.arange(1, groups + 1)
    return GroupSizes(
        groups=groups,
        tokens=tokens,
        dropped_tokens=len(partition.tokens) - tokens,
        mean_size=tokens / groups,
        median_size=float(np.median(ascending)),
        largest_size=int(ascending[-1]),
        largest_share=float(ascending[-1] / tokens),
        largest_percent_share=float(ascending[-hundredth:].sum() / tokens),
        gini=float(2 * (rank * ascending).sum() / (groups * tokens) - (groups + 1) / groups),
    )
