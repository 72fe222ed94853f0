"""The vocabulary partition: what it accepts, its members, its file; and the reading of vocabularies."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import AddedToken, Tokenizer, models

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.vocabulary import read_vocabulary


def partition(group_of, special_ids=(), **details) -> VocabularyPartition:
    tokens = tuple(f"t{i}" for i in range(len(group_of)))
    cosine = np.linspace(0, 1, len(group_of), dtype=np.float32)
    return VocabularyPartition(np.array(group_of, dtype=np.int32), tokens, cosine, "random", special_ids, details)


def test_members_and_sizes():
    made = partition([0, 2, 1, 2, -1, 2])
    assert made.n_groups == 3
    assert made.group_sizes().tolist() == [1, 1, 3]
    assert [ids.tolist() for ids in made.members()] == [[0], [2], [1, 3, 5]]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=40))
def test_members_cover_each_token_once(labels):
    made = partition(np.unique(labels, return_inverse=True)[1])
    assert sorted(np.concatenate(made.members()).tolist()) == list(range(len(labels)))
    assert [len(ids) for ids in made.members()] == made.group_sizes().tolist()


def test_identity_keeps_ids():
    made = VocabularyPartition.identity(["a", "b", "c"], special_ids=(1,))
    assert made.group_of.tolist() == [0, 1, 2] and made.method == "full"


def test_token_lookup():
    assert partition([1, 0, 1]).token_lookup().tolist() == [1, 0, 1]
    assert partition([0, -1, 1]).token_lookup().tolist() == [0, 1]  # kept tokens have their new ids already


@pytest.mark.parametrize(
    ("group_of", "special_ids", "message"),
    [
        ([0, 2], (), "without a token: [1]"),
        ([0, -2], (), "least id -2"),
        ([-1, -1], (), "must cover"),
        ([0, 1, 1], (2,), "'t2' (id 2) is not alone"),
        ([0, 1, -1], (2,), "'t2' (id 2) is not alone"),
    ],
)
def test_refuses_what_is_not_a_partition(group_of, special_ids, message):
    with pytest.raises(InputError) as error:
        partition(group_of, special_ids)
    assert message in str(error.value)


def test_refuses_lengths_that_differ():
    with pytest.raises(InputError, match="2 tokens"):
        VocabularyPartition(np.zeros(3, np.int32), ("a", "b"), np.ones(2, np.float32), "random")


def test_file_round_trip(tmp_path):
    made = partition([0, 1, 2, 1, -1], special_ids=(0,), seed=3, converged=True)
    made.cosine_to_centroid[4] = np.nan
    made.save(tmp_path / "partition.parquet")
    found = VocabularyPartition.load(tmp_path / "partition.parquet")
    assert np.array_equal(found.group_of, made.group_of) and found.group_of.dtype == np.int32
    assert np.array_equal(found.cosine_to_centroid, made.cosine_to_centroid, equal_nan=True)
    assert (found.tokens, found.method, found.special_ids) == (made.tokens, "random", (0,))
    assert found.details == {"seed": 3, "converged": True}


def test_same_partition_same_bytes(tmp_path):
    for name in "ab":
        partition([0, 1, 2, 1], seed=3, method="x").save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_load_names_the_file(tmp_path):
    pq.write_table(pa.table({"token": ["a"]}), tmp_path / "other.parquet")
    with pytest.raises(InputError, match=r"other\.parquet: not a saved partition"):
        VocabularyPartition.load(tmp_path / "other.parquet")


def test_vocabulary_of_a_wordpiece_tokenizer(tmp_path):
    pieces = ["[PAD]", "[unused1]", "[unused2]", "[UNK]", "[CLS]", "unused", "##s"]
    tokenizer = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.add_special_tokens(["[PAD]", "[unused2]", "[CLS]", "[MASK]"])
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    vocabulary = read_vocabulary(tmp_path / "tokenizer.json")
    assert vocabulary.tokens == (*pieces, "[MASK]") and vocabulary.kind == "wordpiece" and vocabulary.scores is None
    assert vocabulary.special_ids == (0, 3, 4, 7)  # [UNK] too, though nothing marks it
    assert vocabulary.unused_ids == (1, 2)
    assert vocabulary.clusterable_ids.tolist() == [5, 6]


def test_vocabulary_of_a_unigram_tokenizer(tmp_path):
    tokenizer = Tokenizer(models.Unigram([("<s>", 0.0), ("<unk>", 0.0), ("a", -1.0), ("b", -2.0)], unk_id=1))
    tokenizer.add_special_tokens(["<s>", AddedToken("<mask>", lstrip=True)])
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    vocabulary = read_vocabulary(tmp_path / "tokenizer.json")
    assert vocabulary.tokens == ("<s>", "<unk>", "a", "b", "<mask>") and vocabulary.kind == "unigram"
    assert vocabulary.special_ids == (0, 1, 4) and vocabulary.unused_ids == ()
    assert vocabulary.scores == (0.0, 0.0, -1.0, -2.0, 0.0)


def test_vocabulary_errors_name_the_file(tmp_path):
    path = tmp_path / "tokenizer.json"
    with pytest.raises(InputError, match=r"tokenizer\.json: no such file"):
        read_vocabulary(path)
    path.write_text('{"model": {}}')
    with pytest.raises(InputError, match=r"tokenizer\.json: not a tokenizer\.json"):
        read_vocabulary(path)
    Tokenizer(models.WordLevel({"a": 0}, unk_token="a")).save(str(path))
    with pytest.raises(InputError, match="'WordLevel'; allowed: WordPiece, Unigram"):
        read_vocabulary(path)
    Tokenizer(models.WordPiece({"a": 0, "b": 5}, unk_token="a")).save(str(path))
    with pytest.raises(InputError, match="not 0 to 1, each once"):
        read_vocabulary(path)
