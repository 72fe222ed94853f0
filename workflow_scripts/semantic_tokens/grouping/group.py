"""Group a vocabulary by the name of a method."""

from typing import Any

from semantic_tokens.grouping import methods
from semantic_tokens.grouping.inputs import GroupingInputs
from semantic_tokens.grouping.partition import VocabularyPartition


def group(method: str, inputs: GroupingInputs, **settings: Any) -> VocabularyPartition:
    """Group a vocabulary by the method of that name; `full` merges nothing.

    settings: the fields of the method's settings class, and no others. InputError for an unknown method.
    """
    module = methods.module(method)
    made: VocabularyPartition
    if module.METHOD.settings is None:
        made = module.partition(inputs, **settings)
    else:
        made = module.partition(inputs, module.METHOD.settings(**settings))
    return made
