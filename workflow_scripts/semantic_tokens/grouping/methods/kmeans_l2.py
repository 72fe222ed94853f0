"""K-Means by Euclidean distance on the raw rows: the ablation of the distance (paper, App. E, Figure 12)."""

from semantic_tokens.grouping.inputs import GroupingInputs
from semantic_tokens.grouping.kmeans.settings import KMeansSettings
from semantic_tokens.grouping.methods.kmeans_cosine import METHOD, kmeans_partition
from semantic_tokens.grouping.partition import VocabularyPartition

__all__ = ["METHOD", "partition"]


def partition(inputs: GroupingInputs, settings: KMeansSettings) -> VocabularyPartition:
    return kmeans_partition(inputs, settings, "l2")
