"""Information-aware K-Means: translations meet, words of one language stay apart. Our own variant."""

from dataclasses import replace

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.inputs import GroupingInputs, assemble
from semantic_tokens.grouping.kmeans.settings import InformationSettings
from semantic_tokens.grouping.methods import kmeans_cosine
from semantic_tokens.grouping.partition import VocabularyPartition

METHOD = replace(kmeans_cosine.METHOD, needs_languages=True, settings=InformationSettings)


def partition(inputs: GroupingInputs, settings: InformationSettings) -> VocabularyPartition:
    """As kmeans-cosine, then moved by cosine less `settings.bit_cost` times the bits that groups lose."""
    from semantic_tokens.grouping.kmeans.information_kmeans import information_kmeans

    if inputs.token_counts is None:
        raise InputError("grouping method 'kmeans-information' needs counts of the tokens in a text; none were given")
    rows, start = kmeans_cosine.run_kmeans(inputs, settings, "cosine")
    result = information_kmeans(
        rows,
        start,
        inputs.token_counts[:, inputs.vocabulary.clusterable_ids],
        settings.bit_cost,
        max_iterations=settings.max_iterations,
        weights=kmeans_cosine.row_weights(inputs, settings),
    )
    return assemble(
        inputs,
        result.clusters.assignment.cpu().numpy(),
        "kmeans-information",
        bit_cost=settings.bit_cost,
        bits_lost=result.bits_lost,
        objective=result.clusters.objective[-1],
        objective_before=start.objective[-1],
        iterations=result.clusters.iterations,
        converged=start.converged and result.clusters.converged,
    )
