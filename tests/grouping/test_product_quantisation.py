"""Product quantisation: one part is K-Means, parts that are there are found, codes are kept in the file."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.group import group
from semantic_tokens.grouping.inputs import GroupingInputs
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.vocabulary import Vocabulary


def inputs(n=80, n_groups=20, dim=8, seed=0):
    table = torch.from_numpy(np.random.default_rng(n).normal(size=(n, dim)).astype(np.float32))
    words = Vocabulary(tuple(f"t{i}" for i in range(n)), (0, 3), (1, 2), "unigram")
    return GroupingInputs(table, words, n_groups, None, seed)


def quantised(given, parts):
    return group("product-quantisation", given, max_iterations=50, parts=parts)


def test_one_part_is_kmeans_bit_for_bit(tmp_path):
    one, plain = quantised(inputs(), 1), group("kmeans-cosine", inputs(), max_iterations=50)
    assert np.array_equal(one.group_of, plain.group_of) and one.codes is None
    assert np.array_equal(one.cosine_to_centroid, plain.cosine_to_centroid)
    one.save(tmp_path / "one.parquet")
    assert VocabularyPartition.load(tmp_path / "one.parquet").codes is None


@pytest.mark.parametrize("parts", [2, 4, 8])
def test_each_part_has_as_many_codes_as_kmeans_has_groups(parts):
    made = quantised(inputs(), parts)
    assert made.codes.shape == (made.n_groups, parts) and 20 < made.n_groups <= 79
    for code in made.codes.T:
        assert np.unique(code).tolist() == list(range(20))
        assert code[made.group_of[[0, 3]]].tolist() == [0, 1]
        assert np.bincount(code)[:3].tolist() == [1, 1, 1], "of special and unused tokens, apart from the others'"
    assert len(np.unique(made.codes, axis=0)) == made.n_groups, "groups with the same codes would be one"


def test_the_clusters_of_a_part_are_those_of_kmeans_on_it():
    given, made = inputs(), quantised(inputs(), 2)
    for part, code in zip(given.embeddings.chunk(2, dim=1), made.codes.T, strict=True):
        plain = group("kmeans-cosine", replace(given, embeddings=part), max_iterations=50)
        of_token = code[made.group_of]
        pairs = np.unique(np.stack([of_token, plain.group_of]), axis=1)
        assert pairs.shape[1] == 20, "the same clusters under other numbers"


def test_it_resumes_part_by_part_and_leaves_no_checkpoint(tmp_path):
    plain = quantised(inputs(), 2)
    made = quantised(replace(inputs(), checkpoint=str(tmp_path / "group.pt")), 2)
    assert np.array_equal(made.group_of, plain.group_of) and list(tmp_path.iterdir()) == []


def test_codes_survive_the_file(tmp_path):
    made = quantised(inputs(), 4)
    made.save(tmp_path / "p.parquet")
    again = VocabularyPartition.load(tmp_path / "p.parquet")
    assert np.array_equal(again.codes, made.codes) and again.codes.dtype == np.int32
    assert np.array_equal(again.group_of, made.group_of) and again.details == made.details


def test_parts_divide_the_dimension():
    with pytest.raises(InputError, match=r"grouping.parts = 3: must divide the 8 dimensions"):
        quantised(inputs(), 3)


def test_codes_are_one_row_a_group():
    with pytest.raises(InputError, match=r"codes of shape \(3, 2\) for 2 groups"):
        VocabularyPartition(
            np.array([0, 1], np.int32), ("a", "b"), np.ones(2, np.float32), "x", codes=np.zeros((3, 2), np.int32)
        )
