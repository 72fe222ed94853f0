"""First-k: keep the first k tokens of the vocabulary and re-tokenise with them alone (paper, section 2.1).

WordPiece ids follow the order in which the pieces emerged in training, so the first are the oldest. A Unigram
vocabulary is pruned, not grown, and has no such order: there the pieces of highest score are kept ("by score").
"""

import numpy as np

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.inputs import GroupingInputs
from semantic_tokens.grouping.method import Method
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.vocabulary import Vocabulary

METHOD = Method(cuts_tokenizer=True)


def partition(inputs: GroupingInputs) -> VocabularyPartition:
    return keep(inputs.vocabulary, inputs.n_groups)


def keep(vocabulary: Vocabulary, n_groups: int) -> VocabularyPartition:
    """Keep `n_groups` tokens, each its own group; all others are dropped (-1).

    All special tokens are kept, unused tokens only when nothing else is left. New ids are contiguous and in the order
    of the old ones, so that pad stays 1 in XLM-R.
    """
    kept = _kept_ids(vocabulary, n_groups)
    group_of = np.full(len(vocabulary), -1, dtype=np.int32)
    group_of[kept] = np.arange(len(kept))
    cosine = np.where(group_of >= 0, 1, np.nan).astype(np.float32)  # alone in its group, each is its own centroid
    order = "emergence" if vocabulary.kind == "wordpiece" else "score"
    return VocabularyPartition(group_of, vocabulary.tokens, cosine, "first", vocabulary.special_ids, {"order": order})


def _kept_ids(vocabulary: Vocabulary, n_groups: int) -> np.ndarray:
    special = np.array(vocabulary.special_ids, dtype=np.int64)
    ordinary = vocabulary.clusterable_ids
    if vocabulary.scores is not None:
        ordinary = ordinary[np.argsort(-np.array(vocabulary.scores)[ordinary], kind="stable")]
    candidates = np.concatenate([ordinary, np.array(vocabulary.unused_ids, dtype=np.int64)])
    room = n_groups - len(special)
    if not 1 <= room <= len(candidates):
        raise InputError(
            f"the ratio leaves fewer groups than special tokens, or more than tokens: {n_groups} groups, "
            f"{len(special)} special tokens, {len(vocabulary)} tokens; allowed: {len(special) + 1} to {len(vocabulary)}"
        )
    return np.sort(np.concatenate([special, candidates[:room]]))
