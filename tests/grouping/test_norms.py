"""How much shorter group rows are than their members."""

import numpy as np
import pytest
import torch

from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.models.surgery import norm_shrinkage

TABLE = torch.tensor([[9.0, 0.0], [3.0, 0.0], [0.0, 4.0], [2.0, 0.0], [4.0, 0.0], [7.0, 7.0]])


def partition(*group_of: int) -> VocabularyPartition:
    size = len(group_of)
    tokens, cosine = tuple(f"t{i}" for i in range(size)), np.zeros(size, np.float32)
    return VocabularyPartition(np.array(group_of, np.int32), tokens, cosine, "random", (0,))


def test_by_hand():
    # Groups {1, 2}: mean (1.5, 2), norm 2.5 of members 3 and 4. {3, 4}: mean (3, 0), norm 3 of members 2 and 4.
    assert norm_shrinkage(TABLE, partition(0, 1, 1, 2, 2, 3)) == pytest.approx((2 * 2.5 + 2 * 3) / (3 + 4 + 2 + 4))


def test_members_that_share_a_vector_lose_nothing_and_opposites_all():
    assert norm_shrinkage(TABLE[[0, 1, 1, 1]], partition(0, 1, 1, 1)) == pytest.approx(1)
    assert norm_shrinkage(torch.stack([TABLE[0], TABLE[1], -TABLE[1]]), partition(0, 1, 1)) == 0


def test_dropped_and_lone_tokens_do_not_count():
    assert norm_shrinkage(TABLE, partition(0, 1, 1, -1, -1, 2)) == pytest.approx(2.5 / 3.5)
    assert norm_shrinkage(TABLE, partition(0, 1, 2, -1, 3, 4)) == 1
