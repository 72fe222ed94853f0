"""Spherical K-Means with a limit to the size of a group, a multiple of the mean size: our own variant."""

from dataclasses import replace

from semantic_tokens.grouping.inputs import GroupingInputs, assemble, n_clusters
from semantic_tokens.grouping.methods import kmeans_cosine
from semantic_tokens.grouping.partition import VocabularyPartition

METHOD = replace(kmeans_cosine.METHOD, settings=(*kmeans_cosine.METHOD.settings, "size_cap"))


def partition(inputs: GroupingInputs) -> VocabularyPartition:
    """As kmeans-cosine, then capped at `inputs.size_cap` times the mean number of tokens, and at least that mean."""
    from semantic_tokens.grouping.kmeans.capped_kmeans import cap_clusters

    k = n_clusters(inputs)
    rows, start = kmeans_cosine.run_kmeans(inputs, "cosine")
    cap = max(-(-len(rows) // k), int(inputs.size_cap * len(rows) / k))
    result = cap_clusters(
        rows, start, cap, max_iterations=inputs.max_iterations, backend=inputs.backend, devices=inputs.devices
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
