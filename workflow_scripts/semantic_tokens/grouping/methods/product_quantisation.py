"""Product quantisation (Jégou et al. 2011): K-Means of each part of the rows, whose row is its vectors side by side.

The vectors of all parts have the parameters of |V'| rows, and a token has as many codes as there are parts. Tokens with
the same codes are one group: few are, so a model can tell nearly all tokens apart.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.inputs import GroupingInputs, assemble, n_clusters
from semantic_tokens.grouping.kmeans.settings import ProductSettings
from semantic_tokens.grouping.methods import kmeans_cosine
from semantic_tokens.grouping.partition import VocabularyPartition

METHOD = replace(kmeans_cosine.METHOD, composes_rows=True, settings=ProductSettings)


def partition(inputs: GroupingInputs, settings: ProductSettings) -> VocabularyPartition:
    """Spherical K-Means of each of `settings.parts` parts, into the clusters that `kmeans-cosine` makes of the rows.

    Special and unused tokens have codes of their own in each part. InputError where the dimension is not a multiple of
    the parts.
    """
    dim, parts = inputs.embeddings.shape[1], settings.parts
    if dim % parts:
        raise InputError(f"grouping.parts = {parts}: must divide the {dim} dimensions of the table")
    clusters, objectives, checkpoints = list[np.ndarray](), list[float](), list[Path]()
    for i, part in enumerate(inputs.embeddings.chunk(parts, dim=1)):
        own = None if inputs.checkpoint is None else Path(f"{inputs.checkpoint}-{i}")
        checkpoints += [] if own is None else [own]
        _, found = kmeans_cosine.run_kmeans(replace(inputs, embeddings=part, checkpoint=own), settings, "cosine")
        clusters.append(found.assignment.cpu().numpy())
        objectives.append(found.objective[-1])
    for path in checkpoints:  # of the whole, the step removes its own
        path.unlink(missing_ok=True)
    codes = np.stack(clusters, axis=1)
    groups = np.unique(codes, axis=0, return_inverse=True)[1].reshape(-1)
    made = assemble(inputs, groups, "product-quantisation", objective=float(np.mean(objectives)), parts=parts)
    return made if parts == 1 else replace(made, codes=_codes_of_groups(made, inputs, codes))


def _codes_of_groups(made: VocabularyPartition, inputs: GroupingInputs, codes: np.ndarray) -> np.ndarray:
    """int32 [n_groups, parts], from the codes of the clusterable tokens; those of special and unused tokens come first
    and are the groups' numbers."""
    reserved = inputs.n_groups - n_clusters(inputs)
    found = np.repeat(np.arange(made.n_groups, dtype=np.int32)[:, None], codes.shape[1], axis=1)
    found[made.group_of[inputs.vocabulary.clusterable_ids]] = codes + reserved
    return found
