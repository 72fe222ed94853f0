"""Tokens, their text and category, and the rows that they share."""

import numpy as np
import pytest
from safetensors.numpy import save_file

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.surface import surfaces
from semantic_tokens.siblings.geometry.categories import categories, category, writing_systems
from semantic_tokens.siblings.geometry.overlap import in_all, shared_counts, shared_rows
from semantic_tokens.siblings.geometry.table import EmbeddingTable, of_most_members, read_table


def table(rows, row_of, tokens, ids=None, size=None):
    ids = np.arange(len(tokens)) if ids is None else np.array(ids)
    return EmbeddingTable(np.array(rows, np.float32), np.array(row_of), tuple(tokens), ids, size or len(tokens))


def test_the_same_word_has_one_surface_in_every_tokenizer():
    for tokens in (["dog", "##ing", "##s"], ["▁dog", "ing", "▁a"], ["Ġdog", "ing", "Ġsob"]):
        texts, begin_word = surfaces(tokens)
        assert texts[:2] == ["dog", "ing"]
        assert begin_word[:2] == [True, False]


def test_a_byte_level_token_is_decoded():
    signs = "ĠÑģÐ¾Ð±"  # the bytes of " соб"
    texts, begin_word = surfaces([signs, "Ġa", "Ġ"])
    assert (texts[0], begin_word[0]) == ("соб", True)
    assert categories([signs, "Ġa"], "corrected").tolist() == ["CYRILLIC", "LATIN"]


def test_category_by_hand():
    assert category("dog") == "LATIN"
    assert category("со") == "CYRILLIC"
    assert category("狗") == "CJK"
    assert category("19a") == "Number"
    assert category("a1") == "LATIN", "of equals the first"
    assert category("1a") == "Number"
    assert category("...") == "Punctuation"
    assert category("") == "Empty"


def test_the_published_rule_takes_a_one_letter_word_for_a_symbol():
    tokens = ["▁a", "▁ab", "▁", "▁狗", "▁1", "▁..", "b"]
    published, corrected = (categories(tokens, rule).tolist() for rule in ("paper", "corrected"))
    assert published == ["Symbol", "LATIN", "Symbol", "Symbol", "Symbol", "Punctuation", "LATIN"]
    assert corrected == ["LATIN", "LATIN", "Empty", "CJK", "Number", "Punctuation", "LATIN"]
    assert categories(["##a", "##ab", "b"], "paper").tolist() == ["Punctuation", "Punctuation", "LATIN"]
    assert categories(["##a", "##ab", "b"], "corrected").tolist() == ["LATIN"] * 3


def test_letters_of_another_width_or_font_are_ordinary_ones():
    tokens = ["▁ＡＢ", "▁ｶﾅ", "▁𝐚𝐛", "▁ª", "▁dog", "▁owl"]
    corrected, published = (categories(tokens, rule).tolist() for rule in ("corrected", "paper"))
    assert corrected == ["LATIN", "KATAKANA", *["LATIN"] * 4]
    assert published[:4] == ["FULLWIDTH", "HALFWIDTH", "MATHEMATICAL", "Symbol"]


def test_only_letters_are_a_writing_system():
    systems = writing_systems(np.array(["LATIN", "Number", "CYRILLIC", "LATIN", "Symbol"]))
    assert (systems >= 0).tolist() == [True, False, True, True, False]
    assert systems[0] == systems[3] != systems[2]


def test_of_most_members_breaks_ties_by_the_lowest_value():
    grouped = table(np.eye(2), [0, 0, 0, 1, 1], "abcde")
    assert of_most_members(grouped, np.array([3, 1, 3, 2, -1])).tolist() == [3, -1]


def test_a_table_holds_ordinary_tokens_and_their_rows_only(tmp_path):
    tokens = ("[PAD]", "[unused0]", "a", "b", "c", "d")
    group_of = np.array([0, 1, 3, 2, 3, -1], np.int32)
    VocabularyPartition(group_of, tokens, np.ones(6, np.float32), "x", (0,)).save(tmp_path / "p.parquet")
    weights = np.arange(16, dtype=np.float32).reshape(4, 4)
    save_file({"bert.embeddings.word_embeddings.weight": weights, "other": weights}, tmp_path / "m.safetensors")
    found = read_table(tmp_path / "m.safetensors", tmp_path / "p.parquet", tmp_path / "none", 3)
    assert found.tokens == ("a", "b", "c") and found.ids.tolist() == [2, 3, 4] and found.vocabulary_size == 6
    assert found.rows[found.row_of].tolist() == weights[[3, 2, 3], :3].tolist()
    assert found.only(np.array([False, True, False])).rows.tolist() == [weights[2, :3].tolist()]


def test_a_table_that_does_not_fit_is_refused(tmp_path):
    VocabularyPartition.identity(("a", "b")).save(tmp_path / "p.parquet")
    save_file({"embeddings": np.ones((3, 2), np.float32)}, tmp_path / "m.safetensors")
    with pytest.raises(InputError, match=r"m.safetensors: 3 rows of word embeddings; expected one for each of 2"):
        read_table(tmp_path / "m.safetensors", tmp_path / "p.parquet", tmp_path / "none", 2)
    save_file({"head": np.ones((2, 2), np.float32)}, tmp_path / "m.safetensors")
    with pytest.raises(InputError, match="0 tensors of word embeddings"):
        read_table(tmp_path / "m.safetensors", tmp_path / "p.parquet", tmp_path / "none", 2)


BERT, XLMR = ("dog", "cat", "##ing", "狗"), ("▁dog", "ing", "▁狗", "cat", "▁new")


def test_shared_tokens_by_hand():
    assert in_all(BERT, [XLMR]).tolist() == [True, False, True, True], "`cat` begins a word in one alone"
    assert in_all(BERT, [BERT, XLMR]).sum() == 3 and in_all(BERT, []).all()
    assert shared_counts({"a": BERT, "b": XLMR}) == {("a", "a"): 4, ("a", "b"): 3, ("b", "a"): 3, ("b", "b"): 5}


def test_shared_rows_belong_to_the_same_token():
    a, b = table(np.eye(4), [3, 2, 1, 0], BERT), table(np.eye(5), [0, 0, 1, 2, 3], XLMR)
    rows_a, rows_b = shared_rows(a, b)
    assert rows_a.tolist() == [3, 1, 0] and rows_b.tolist() == [0, 0, 1]
