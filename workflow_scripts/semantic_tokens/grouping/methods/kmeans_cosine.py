"""Spherical K-Means: the paper's grouping, by cosine distance of the word embeddings (section 2.1)."""

from typing import TYPE_CHECKING

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.frequency import frequency_weights
from semantic_tokens.grouping.inputs import GroupingInputs, assemble, n_clusters
from semantic_tokens.grouping.kmeans.settings import KMeansSettings
from semantic_tokens.grouping.method import Method
from semantic_tokens.grouping.partition import VocabularyPartition

if TYPE_CHECKING:
    from torch import Tensor

    from semantic_tokens.grouping.kmeans.lloyd import Metric
    from semantic_tokens.grouping.kmeans.spherical_kmeans import KMeansResult

METHOD = Method(
    depends_on_start=True,
    settings=KMeansSettings,
    flops_per_iteration=lambda vocabulary, groups, dim: 2 * vocabulary * groups * dim,  # every row by every centroid
)


def partition(inputs: GroupingInputs, settings: KMeansSettings) -> VocabularyPartition:
    return kmeans_partition(inputs, settings, "cosine")


def kmeans_partition(inputs: GroupingInputs, settings: KMeansSettings, metric: "Metric") -> VocabularyPartition:
    _, result = run_kmeans(inputs, settings, metric)
    return assemble(
        inputs,
        result.assignment.cpu().numpy(),
        f"kmeans-{metric}",
        objective=result.objective[-1],
        iterations=result.iterations,
        converged=result.converged,
    )


def run_kmeans(inputs: GroupingInputs, settings: KMeansSettings, metric: "Metric") -> "tuple[Tensor, KMeansResult]":
    """The rows that are neither special nor unused (`##` pieces cluster with the rest), and K-Means of them."""
    from semantic_tokens.grouping.kmeans.spherical_kmeans import spherical_kmeans

    rows = inputs.embeddings[inputs.vocabulary.clusterable_ids]
    result = spherical_kmeans(
        rows,
        n_clusters(inputs),
        metric=metric,
        seed=inputs.seed,
        max_iterations=settings.max_iterations,
        weights=row_weights(inputs, settings),
        backend=settings.backend,
        checkpoint=inputs.checkpoint,
        code=inputs.code,
        devices=inputs.devices,
    )
    return rows, result


def row_weights(inputs: GroupingInputs, settings: KMeansSettings) -> "Tensor | None":
    """float64 [n]: what each of the rows of `run_kmeans` counts; None where each counts as much. InputError where token
    counts are needed and not given."""
    import torch

    if settings.weights == "even":
        return None
    if inputs.token_counts is None:
        raise InputError("grouping.weights = 'frequency' needs the counts of the tokens in a text; none were given")
    weights = torch.from_numpy(frequency_weights(inputs.token_counts)[inputs.vocabulary.clusterable_ids])
    return weights.to(inputs.embeddings.device)
