"""Grouping: from an embedding table and a vocabulary to a VocabularyPartition (paper, section 2.1).

A new grouping method is one new file in `methods/`: a module whose `partition(inputs: GroupingInputs) ->
VocabularyPartition` makes it. The module's name is the method's name, underscores for hyphens, so `methods/my_way.py`
is at once `my-way-r05` in a condition. `inputs.py` has what methods share: the number of clusters, the numbering.
"""

import pkgutil
from importlib import import_module

from semantic_tokens.conditions import Grouping
from semantic_tokens.errors import InputError
from semantic_tokens.grouping import methods
from semantic_tokens.grouping.inputs import GroupingInputs
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.vocabulary import Vocabulary, read_vocabulary

__all__ = ["GroupingInputs", "Vocabulary", "VocabularyPartition", "group", "read_vocabulary"]


def group(method: str, inputs: GroupingInputs) -> VocabularyPartition:
    """Group a vocabulary by the method of that name, or not at all ("full"); InputError for an unknown one."""
    if method == "full":
        return VocabularyPartition.identity(inputs.vocabulary.tokens, inputs.vocabulary.special_ids)
    known = [module.name for module in pkgutil.iter_modules(methods.__path__)]
    name = Grouping(method).module
    if name not in known:
        allowed = ", ".join(module.replace("_", "-") for module in known)
        raise InputError(f"grouping method {method!r}; allowed: full, {allowed}")
    return import_module(f"{methods.__name__}.{name}").partition(inputs)
