"""Spherical K-Means: the paper's grouping, by cosine distance of the word embeddings (section 2.1)."""

from semantic_tokens.grouping.inputs import GroupingInputs, assemble, n_clusters
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.spherical_kmeans import Metric, spherical_kmeans


def partition(inputs: GroupingInputs) -> VocabularyPartition:
    return kmeans_partition(inputs, "cosine")


def kmeans_partition(inputs: GroupingInputs, metric: Metric) -> VocabularyPartition:
    """K-Means of the rows that are neither special nor unused; `##` pieces cluster with the rest."""
    k = n_clusters(inputs)
    rows = inputs.embeddings[inputs.vocabulary.clusterable_ids]
    result = spherical_kmeans(rows, k, metric=metric, seed=inputs.seed, max_iterations=inputs.max_iterations)
    return assemble(
        inputs,
        result.assignment.cpu().numpy(),
        f"kmeans-{metric}",
        objective=result.objective[-1],
        iterations=result.iterations,
        converged=result.converged,
    )
