"""Random groups that join one word per language: the control for merging across languages without meaning.

Test sets are monolingual, so a merge of words of different languages may cost little whether or not they are
translations; this grouping measures how much K-Means gains by such merges alone.
"""

import numpy as np

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.inputs import GroupingInputs, assemble, n_clusters
from semantic_tokens.grouping.partition import VocabularyPartition


def partition(inputs: GroupingInputs) -> VocabularyPartition:
    """Deal each language's shuffled tokens round the k groups, going on where the language before it stopped.

    A group so gets at most ceil(n / k) of the n tokens of a language (one where there are groups enough), and group
    sizes differ by at most one. Tokens of unknown language (-1) are dealt as a language of their own.
    """
    if inputs.token_languages is None:
        raise InputError("grouping method 'random-stratified' needs the language of each token; none was given")
    k = n_clusters(inputs)
    languages = inputs.token_languages[inputs.vocabulary.clusterable_ids]
    shuffled = np.random.default_rng(inputs.seed).permutation(len(languages))
    deal = shuffled[np.argsort(languages[shuffled], kind="stable")]
    clusters = np.empty(len(languages), dtype=np.int64)
    clusters[deal] = np.arange(len(deal)) % k
    return assemble(inputs, clusters, "random-stratified")
