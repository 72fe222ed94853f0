"""Random groups that join one word per language: the control for merging across languages without meaning.

Test sets are monolingual, so a merge of words of different languages may cost little whether or not they are
translations; this grouping measures how much K-Means gains by such merges alone. Rows as in `random`.
"""

import numpy as np

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.inputs import GroupingInputs, assemble, n_clusters
from semantic_tokens.grouping.method import Method
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.strata import strata

METHOD = Method(needs_languages=True)


def partition(inputs: GroupingInputs) -> VocabularyPartition:
    """Deal each stratum's shuffled tokens round the k groups, starting where the previous stratum stopped.

    A group so gets at most ceil(n / k) of the n tokens of a stratum (one where there are groups enough), and group
    sizes differ by at most one. A stratum is a language; tokens of unknown language are dealt by script (`strata`), and
    their share of the tokens is noted as `language_unknown`.
    """
    if inputs.token_languages is None:
        raise InputError("grouping method 'random-stratified' needs the language of each token; none was given")
    k = n_clusters(inputs)
    ids = inputs.vocabulary.clusterable_ids
    languages = inputs.token_languages[ids]
    of_token = strata([inputs.vocabulary.tokens[i] for i in ids], languages)
    shuffled = np.random.default_rng(inputs.seed).permutation(len(ids))
    deal = shuffled[np.argsort(of_token[shuffled], kind="stable")]
    clusters = np.empty(len(ids), dtype=np.int64)
    clusters[deal] = np.arange(len(deal)) % k
    unknown = float((languages < 0).mean())
    return assemble(inputs, clusters, "random-stratified", semantic_embedding="member", language_unknown=unknown)
