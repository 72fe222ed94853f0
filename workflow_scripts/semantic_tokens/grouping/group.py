"""Group a vocabulary by the name of a method."""

from semantic_tokens.grouping import methods
from semantic_tokens.grouping.inputs import GroupingInputs
from semantic_tokens.grouping.partition import VocabularyPartition


def group(method: str, inputs: GroupingInputs) -> VocabularyPartition:
    """The partition that the method of that name makes; `full` merges nothing. InputError for an unknown method."""
    made: VocabularyPartition = methods.module(method).partition(inputs)
    return made
