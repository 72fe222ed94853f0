"""No grouping: every token is its own group."""

from semantic_tokens.grouping.inputs import GroupingInputs
from semantic_tokens.grouping.method import Method
from semantic_tokens.grouping.partition import VocabularyPartition

METHOD = Method(has_ratio=False)


def partition(inputs: GroupingInputs) -> VocabularyPartition:
    return VocabularyPartition.identity(inputs.vocabulary.tokens, inputs.vocabulary.special_ids)
