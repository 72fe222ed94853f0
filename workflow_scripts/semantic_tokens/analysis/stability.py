"""How much a grouping depends on its seed: agreement between partitions that differ in nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from semantic_tokens.analysis.tokens import ordinary
from semantic_tokens.conditions import Condition
from semantic_tokens.grouping.partition import VocabularyPartition


@dataclass(frozen=True)
class Stability:
    """Adjusted Rand index (Hubert and Arabie, 1985) of each two of the seeds, which are joined by `+`.

    1 = the same groups, 0 = as alike as random groups of the same sizes; `ari` is the mean over the pairs of seeds.
    """

    condition: Condition
    seeds: str
    ari: float
    ari_least: float
    ari_greatest: float


def measure_stability(
    condition: Condition, seeds: Sequence[int], partitions: Sequence[VocabularyPartition]
) -> Stability:
    """Compare two or more partitions of one vocabulary, over its ordinary tokens."""
    from sklearn.metrics import adjusted_rand_score

    groups = [partition.group_of[ordinary(partition)] for partition in partitions]
    found = [float(adjusted_rand_score(a, b)) for a, b in combinations(groups, 2)]
    return Stability(condition, "+".join(map(str, seeds)), sum(found) / len(found), min(found), max(found))
