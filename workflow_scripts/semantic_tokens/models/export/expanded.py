"""The expanded form: every token has its own row again, a copy of its group's."""

import copy

import torch
from transformers import PreTrainedModel

from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.models.composition import PARTS_KEY
from semantic_tokens.models.parts import word_embeddings
from semantic_tokens.models.surgery import SPECIAL_ID_KEYS, output_bias, with_vocabulary


def expand(model: PreTrainedModel, partition: VocabularyPartition) -> PreTrainedModel:
    """A model over the V tokens of `partition` that reads a text as the grouped `model` (V' rows) does.

    Hidden states are the same. A group's probability is dealt evenly to its members: the logit of a token is that of
    its group less log(group size), so the logsumexp over the members is the group's logit. No token of `partition` may
    be dropped.
    """
    group_of = torch.from_numpy(partition.group_of).long()
    sizes = torch.bincount(group_of)
    table = word_embeddings(model).weight.detach()[group_of]
    bias = (output_bias(model).detach().double() - sizes.double().log()).float()[group_of]
    config = copy.deepcopy(model.config)
    config.vocab_size = len(group_of)
    if hasattr(config, PARTS_KEY):
        delattr(config, PARTS_KEY)  # an ordinary table from here on
    for key in SPECIAL_ID_KEYS:
        group = getattr(config, key, None)
        if group is not None:
            setattr(config, key, int((group_of == group).nonzero()[0]))  # a special token is alone in its group
    return with_vocabulary(model, config, table, bias)
