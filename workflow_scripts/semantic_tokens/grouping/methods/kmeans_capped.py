"""Spherical K-Means with a cap on group size, a multiple of the mean size: our own variant."""

from dataclasses import replace

from semantic_tokens.grouping.inputs import GroupingInputs, assemble, n_clusters
from semantic_tokens.grouping.kmeans.settings import CappedKMeansSettings
from semantic_tokens.grouping.methods import kmeans_cosine
from semantic_tokens.grouping.partition import VocabularyPartition

METHOD = replace(kmeans_cosine.METHOD, settings=CappedKMeansSettings)


def partition(inputs: GroupingInputs, settings: CappedKMeansSettings) -> VocabularyPartition:
    """As kmeans-cosine, then capped at `settings.size_cap` times the mean number of tokens, and at least that mean."""
    from semantic_tokens.grouping.kmeans.capped_kmeans import cap_clusters

    k = n_clusters(inputs)
    rows, start = kmeans_cosine.run_kmeans(inputs, settings, "cosine")
    cap = max(-(-len(rows) // k), int(settings.size_cap * len(rows) / k))
    result = cap_clusters(
        rows,
        start,
        cap,
        max_iterations=settings.max_iterations,
        weights=kmeans_cosine.row_weights(inputs, settings),
        backend=settings.backend,
        devices=inputs.devices,
    )
    return assemble(
        inputs,
        result.assignment.cpu().numpy(),
        "kmeans-capped",
        cap=cap,
        largest=int(result.assignment.bincount().max()),
        largest_before=int(start.assignment.bincount().max()),
        objective=result.objective[-1],
        objective_before=start.objective[-1],
        iterations=start.iterations + result.iterations,
        converged=result.converged,
    )
