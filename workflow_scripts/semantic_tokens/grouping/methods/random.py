"""Random groups of even size: the control that ignores meaning (what a hash embedding would give).

A group gets the row of one of its members, drawn at random (`models.surgery.group_rows`). The mean of many unlike rows
would be close to the mean of the table: all groups would be short and point the same way, and the control would measure
that instead.
"""

import numpy as np

from semantic_tokens.grouping.inputs import GroupingInputs, assemble, n_clusters
from semantic_tokens.grouping.method import Method
from semantic_tokens.grouping.partition import VocabularyPartition

METHOD = Method()


def partition(inputs: GroupingInputs) -> VocabularyPartition:
    """A shuffled deal: every token to a uniformly random group, sizes differ by at most one, none is empty."""
    k, n = n_clusters(inputs), len(inputs.vocabulary.clusterable_ids)
    clusters = np.random.default_rng(inputs.seed).permutation(np.arange(n) % k)
    return assemble(inputs, clusters, "random", semantic_embedding="member")
