"""Which tokens are words, mutual nearest neighbours against the plain definition, and what their pairs do."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from semantic_tokens.alignment.held_out import hold_out
from semantic_tokens.alignment.infonce import align
from semantic_tokens.alignment.pairs import TokenPairs
from semantic_tokens.alignment.round_trip import mutual_neighbours, with_round_trip
from semantic_tokens.alignment.words import SingleSubwords

UNHURRIED = settings(deadline=None)  # reads files, or meets a busy machine


@dataclass
class Settings:
    temperature: float = 0.1
    batch_size: int = 64
    epochs: int = 3
    learning_rates: tuple[float, ...] = (0.05,)
    held_out: float = 0.1
    language_sampling: float = 0.7


def wordpiece() -> Tokenizer:
    pieces = ["[PAD]", "[UNK]", "[unused1]", "dog", "cat", "chien", "chat", "##s", "2001", "Über"]
    made = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.add_special_tokens(["[PAD]"])
    made.enable_padding(length=8)
    made.enable_truncation(1)
    return made


def unigram() -> Tokenizer:
    pieces = [("<pad>", 0.0), ("<unk>", 0.0), ("▁dog", -2.0), ("s", -3.0), ("ing", -3.0), ("▁", -4.0), ("▁的", -5.0)]
    made = Tokenizer(models.Unigram(pieces, unk_id=1))
    made.pre_tokenizer, made.decoder = pre_tokenizers.Metaspace(), decoders.Metaspace()
    made.add_special_tokens(["<pad>"])
    return made


def test_words_of_a_wordpiece_vocabulary():
    """Neither special nor unused tokens nor continuations; padding and truncation of the tokenizer are left alone."""
    subwords = SingleSubwords(wordpiece())
    assert subwords.word_ids().tolist() == [3, 4, 5, 6, 8, 9]
    assert subwords.token_ids(["dog", "dogs", "[PAD]", "nowhere", "cat", "", "dog cat"]).tolist() == [
        3, -1, -1, -1, 4, -1, -1,
    ]  # fmt: skip


def test_words_of_a_unigram_vocabulary():
    assert SingleSubwords(unigram()).word_ids().tolist() == [2, 6]


def unspaced() -> Tokenizer:
    pieces = {"<pad>": 0, "<unk>": 0, "▁": -2, "▁dog": -4, "狗": -4, "ที่": -5, "▁ที่": -5.5, "s": -3, "ria": -3, "水": -5}
    made = Tokenizer(models.Unigram(list(pieces.items()), unk_id=1))
    made.pre_tokenizer, made.decoder = pre_tokenizers.Metaspace(), decoders.Metaspace()
    made.add_special_tokens(["<pad>"])
    return made


def test_a_lone_mark_does_not_count_before_a_piece_in_a_script_without_spaces():
    """`ria` after a mark continues a word; of the two Thai pieces the word is that which the tokenizer gives it."""
    subwords = SingleSubwords(unspaced())
    assert subwords.tokenizer.encode("狗", add_special_tokens=False).tokens == ["▁", "狗"]
    assert subwords.token_ids(["狗", "ที่", "ria", "dog", "狗水", "dogs", "狗 狗", ""]).tolist() == [
        4, 6, -1, 3, -1, -1, -1, -1,
    ]  # fmt: skip
    assert subwords.word_ids().tolist() == [3, 4, 6, 9]


def test_a_word_of_a_byte_level_vocabulary_is_the_piece_with_a_blank():
    pieces = ["d", "o", "g", "Ġ", "do", "dog", "Ġdog", "ç", "Ĭ", "¬", "çĬ", "çĬ¬"]
    merges = [("d", "o"), ("do", "g"), ("Ġ", "dog"), ("ç", "Ĭ"), ("çĬ", "¬")]
    made = Tokenizer(models.BPE({piece: i for i, piece in enumerate(pieces)}, merges))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    subwords = SingleSubwords(made)
    assert subwords.token_ids(["dog", "犬", "do", "g"]).tolist() == [6, 11, -1, -1]
    assert subwords.word_ids().tolist() == [6, 11]


def plain_mutual_neighbours(table: np.ndarray, ids: list[int]) -> list[tuple[int, int]]:
    unit = table / np.linalg.norm(table, axis=1, keepdims=True)
    cosine = unit @ unit.T
    nearest = {i: max((j for j in ids if j != i), key=lambda j: (cosine[i, j], -j), default=None) for i in ids}
    return [(i, j) for i, j in nearest.items() if j is not None and i < j and nearest[j] == i]


@UNHURRIED
@given(st.integers(1, 40), st.integers(1, 13), st.integers(0, 99))
def test_mutual_neighbours_are_those_of_the_plain_definition(n, block, seed):
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(n + 10, 4)) * rng.uniform(0.1, 10, size=(n + 10, 1))
    ids = np.sort(rng.permutation(n + 10)[:n])
    a, b = mutual_neighbours(torch.from_numpy(table), ids, block)
    assert list(zip(a.tolist(), b.tolist(), strict=True)) == plain_mutual_neighbours(table, ids.tolist())


@pytest.mark.parametrize("block", [2, 3, 100])
def test_of_rows_equally_near_the_first_counts(block):
    table = torch.tensor([[0.0, 1.0], [1.0, 0.0], [2.0, 0.0], [4.0, 0.0], [0.0, -1.0]])
    a, b = mutual_neighbours(table, np.arange(5), block)
    assert (a.tolist(), b.tolist()) == ([1], [2])  # 3 is as near to 1 as 2 is, 0 and 4 are near to nothing


def dictionary() -> TokenPairs:
    """dog-chien, cat-chat and dog-chat, between en and fr."""
    pairs = np.array([[3, 5], [3, 6], [4, 6]]).T
    coverage = pa.table({"lang_a": ["en"], "lang_b": ["fr"], "given": [9], "kept": [3]})
    return TokenPairs(*pairs, np.zeros(3, np.int64), (("en", "fr"),), coverage)


def test_round_trip_pairs_stand_behind_the_translations():
    table = torch.eye(10)
    table[5] = table[3] * 2 + table[0] * 0.1  # dog and chien; the rows of ## and special tokens nearer still
    table[7], table[0] = table[3], table[3]
    made = with_round_trip(dictionary(), table, wordpiece())
    assert made.names == (("en", "fr"), ("round-trip", "round-trip"))
    assert (3, 5, 1) in list(zip(made.a.tolist(), made.b.tolist(), made.language_pair.tolist(), strict=True))
    assert not {0, 1, 2, 7} & {*made.a.tolist(), *made.b.tolist()}
    n = int((made.language_pair == 1).sum())
    assert made.coverage.to_pylist() == [
        {"lang_a": "en", "lang_b": "fr", "given": 9, "kept": 3},
        {"lang_a": "round-trip", "lang_b": "round-trip", "given": n, "kept": n},
    ]


def three_languages(n: int) -> TokenPairs:
    """Token 3c + i says concept c in language i; all pairs of languages."""
    names = (("a", "b"), ("a", "c"), ("b", "c"))
    triples = [(3 * c + i, 3 * c + j, k) for k, (i, j) in enumerate([(0, 1), (0, 2), (1, 2)]) for c in range(n)]
    return TokenPairs(*np.array(triples).T, names, pa.table({}))


def test_round_trip_pairs_are_neither_held_out_nor_do_they_teach_what_is():
    pairs = three_languages(30)
    alone = hold_out(pairs, 0.2, seed=0)
    a, b = np.array([[*pair] for pair in zip(pairs.a, pairs.b, strict=True)])[~alone.training].T  # the held-out ones
    others = np.array([[0, 4], [90, 91]]).T  # a wrong pair, and one of words that no dictionary has
    both = replace(
        pairs,
        a=np.concatenate([pairs.a, a, others[0]]),
        b=np.concatenate([pairs.b, b, others[1]]),
        language_pair=np.concatenate([pairs.language_pair, np.full(len(a) + 2, 3)]),
        names=(*pairs.names, ("round-trip", "round-trip")),
    )
    made = hold_out(both, 0.2, seed=0)
    assert made.queries == alone.queries
    assert made.training.tolist() == [*alone.training, *[False] * len(a), True, True]
    assert all(np.array_equal(made.candidates[language], alone.candidates[language]) for language in "abc")
    assert made.candidates.keys() == alone.candidates.keys()


def test_round_trip_holds_neighbours_together():
    """Words that only a Round-Trip pair names are pulled together by it, and keep their norm."""
    rng = np.random.default_rng(0)
    table = torch.from_numpy(rng.normal(size=(94, 8)))
    pairs = three_languages(30)
    both = replace(
        pairs,
        a=np.append(pairs.a, [90]), b=np.append(pairs.b, [91]), language_pair=np.append(pairs.language_pair, [3]),
        names=(*pairs.names, ("round-trip", "round-trip")),
    )  # fmt: skip
    without, made = (align(table, chosen, Settings(), seed=0).embeddings for chosen in (pairs, both))

    def cosine(rows):
        return float(torch.cosine_similarity(rows[90], rows[91], dim=0))

    assert torch.equal(without[90:], table[90:]) and torch.equal(made[92:], table[92:])
    assert cosine(made) > cosine(table) + 0.1
    torch.testing.assert_close(made.norm(dim=1), table.norm(dim=1))
