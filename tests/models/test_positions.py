"""Positions that are counted from the padding token: read from the model, and left alone by a new vocabulary."""

import numpy as np
import pytest
import torch
from transformers import AutoConfig, AutoModel

from conftest import N_TOKENS
from semantic_tokens.errors import InputError
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.models.parts import word_embeddings
from semantic_tokens.models.positions import first_position
from semantic_tokens.models.surgery import group_vocabulary

SHAPE = {
    "vocab_size": N_TOKENS, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
    "intermediate_size": 24, "max_position_embeddings": 34,
}  # fmt: skip


ALL, LESS_TWO = ("bert", "electra", "distilbert"), ("roberta", "xlm-roberta", "camembert", "mpnet", "xmod")


@pytest.mark.parametrize("kind", ALL + LESS_TWO)
def test_the_longest_row_that_the_first_position_leaves_is_read_and_no_longer_one(kind):
    model = AutoModel.from_config(AutoConfig.for_model(kind, **SHAPE, pad_token_id=1)).eval()
    if kind == "xmod":
        model.set_default_language("en_XX")
    longest = 34 - first_position(model)
    assert longest == (34 if kind in ALL else 32)
    with torch.no_grad():
        model(input_ids=torch.full((1, longest), 7))
        with pytest.raises((IndexError, RuntimeError)):
            model(input_ids=torch.full((1, longest + 1), 7))


def test_a_grouping_that_moves_the_padding_is_refused_where_positions_are_counted_from_it(bert, xlmr):
    tokens = tuple(f"w{i}" for i in range(N_TOKENS))
    group_of = np.arange(N_TOKENS, dtype=np.int32)
    group_of[[1, 2]] = 2, 1
    partition = VocabularyPartition(group_of, tokens, np.ones(N_TOKENS, np.float32), "swapped", (0, 1, 2, 3))
    with pytest.raises(InputError, match="counted from the padding token, whose id would change from 1 to 2"):
        group_vocabulary(xlmr, partition, word_embeddings(xlmr).weight.detach())
    bert.config.pad_token_id = 1
    group_vocabulary(bert, partition, word_embeddings(bert).weight.detach())
