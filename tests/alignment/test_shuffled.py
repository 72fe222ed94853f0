"""The control of CLSA: what shuffling keeps and what it breaks, and that it does not translate."""

import logging
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from semantic_tokens.alignment.held_out import hold_out
from semantic_tokens.alignment.history import chosen_learning_rate, write_history
from semantic_tokens.alignment.infonce import align
from semantic_tokens.alignment.pairs import TokenPairs
from semantic_tokens.alignment.shuffled import shuffled
from support.toy_alignment import Settings

UNHURRIED = settings(deadline=None)  # reads files, or meets a busy machine


def languages_of(n_concepts: int, n_languages: int) -> TokenPairs:
    """Token (concept, language); each word paired with those of its concept in every other language."""
    names = [(i, j) for i in range(n_languages) for j in range(i + 1, n_languages)]
    triples = [
        (concept * n_languages + i, concept * n_languages + j, number)
        for number, (i, j) in enumerate(names)
        for concept in range(n_concepts)
    ]
    return TokenPairs(*np.array(triples).T, tuple((f"l{i}", f"l{j}") for i, j in names), pa.table({}))


def edges(pairs: TokenPairs) -> set[frozenset[int]]:
    return {frozenset(edge) for edge in zip(pairs.a.tolist(), pairs.b.tolist(), strict=True)}


EDGE = st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 2)).filter(lambda edge: edge[0] != edge[1])


@UNHURRIED
@given(st.sets(EDGE, min_size=1, max_size=60), st.integers(0, 9))
def test_every_token_stays_in_its_languages_as_often(found, seed):
    pairs = TokenPairs(*np.array(sorted(found)).T, (("de", "en"), ("de", "fr"), ("en", "fr")), pa.table({}))
    made = shuffled(pairs, pairs, seed)
    assert np.array_equal(made.a, pairs.a) and np.array_equal(made.language_pair, pairs.language_pair)
    for number in range(3):
        rows = pairs.language_pair == number
        assert sorted(made.b[rows].tolist()) == sorted(pairs.b[rows].tolist())
    assert np.array_equal(made.b, shuffled(pairs, pairs, seed).b)


@pytest.mark.parametrize("seed", range(20))
def test_no_pair_translates_where_it_need_not(seed):
    pairs = languages_of(3, 3)
    known = replace(
        pairs, a=np.append(pairs.a, 0), b=np.append(pairs.b, 4), language_pair=np.append(pairs.language_pair, 0)
    )
    assert not edges(shuffled(pairs, known, seed)) & edges(known)  # 0-4 crosses concepts, but is known too
    large = languages_of(400, 2)
    made = shuffled(large, large, seed)
    assert not edges(made) & edges(large) and len(edges(made)) == 400


def test_what_cannot_be_avoided_is_counted(caplog):
    alone = languages_of(1, 2)
    with caplog.at_level(logging.INFO):
        assert np.array_equal(shuffled(alone, alone, seed=0).b, alone.b)
        shuffled(languages_of(5, 2), languages_of(5, 2), seed=0)
    assert "1 pairs shuffled; 1 remain translations" in caplog.messages[0]
    assert "5 pairs shuffled; 0 remain translations" in caplog.messages[1]


def test_a_token_is_not_paired_with_itself():
    """Both languages have the words 0 to 5, of which only 0-3, 1-4 and 2-5 are pairs."""
    pairs = TokenPairs(
        np.array([0, 1, 2, 3]), np.array([3, 4, 5, 0]), np.zeros(4, np.int64), (("l0", "l1"),), pa.table({})
    )
    for seed in range(20):
        made = shuffled(pairs, pairs, seed)
        assert (made.a != made.b).all() and not edges(made) & edges(pairs)


def test_round_trip_pairs_are_left_alone():
    pairs = languages_of(40, 3)
    names = (pairs.names[0], pairs.names[1], ("round-trip", "round-trip"))
    made, last = shuffled(replace(pairs, names=names), pairs, seed=0), pairs.language_pair == 2
    assert np.array_equal(made.b[last], pairs.b[last])
    assert not (made.b[~last] == pairs.b[~last]).any()


def rotated(n_concepts: int, n_languages: int, dim: int) -> torch.Tensor:
    """One vector a concept, turned by a rotation of its own in every language."""
    rng = np.random.default_rng(0)
    concepts = rng.normal(size=(n_concepts, dim))
    turns = [np.linalg.qr(rng.normal(size=(dim, dim)))[0] for _ in range(n_languages)]
    return torch.from_numpy(np.stack([concepts @ turn for turn in turns], axis=1).reshape(-1, dim))


def test_the_control_moves_as_many_words_but_does_not_translate():
    """precision@1 of both is on the same true held-out pairs; that of the shuffled pairs stays at chance."""
    table, pairs = rotated(60, 4, 16), languages_of(60, 4)
    true, control = align(table, pairs, Settings(), seed=0), align(table, pairs, Settings(), seed=0, shuffle=True)
    assert control.history[0]["held_out_precision_at_1"] == true.history[0]["held_out_precision_at_1"]
    assert true.history[-1]["held_out_precision_at_1"] > 0.9
    assert control.history[-1]["held_out_precision_at_1"] < 0.2
    assert control.history[-1]["loss"] < control.history[1]["loss"]
    assert control.history[-1]["drift"] > 0.05
    torch.testing.assert_close(control.embeddings.norm(dim=1), table.norm(dim=1))
    assert torch.equal(align(table, pairs, Settings(), seed=0, shuffle=True).embeddings, control.embeddings)


def test_the_control_learns_shuffled_pairs_and_no_held_out_one():
    """The words that it draws together are those of the shuffled training pairs."""
    table, pairs = rotated(60, 4, 16), languages_of(60, 4)
    keep = hold_out(pairs, 0.1, seed=0).training
    trained = replace(pairs, a=pairs.a[keep], b=pairs.b[keep], language_pair=pairs.language_pair[keep])
    expected = shuffled(trained, pairs, seed=0)
    rows = align(table, pairs, Settings(), seed=0, shuffle=True).embeddings

    def cosine(a, b):
        return float(torch.cosine_similarity(rows[a], rows[b], dim=1).mean())

    assert cosine(expected.a, expected.b) > 0.5 > 0.2 > cosine(pairs.a, pairs.b)


def test_the_control_takes_the_rate_that_clsa_chose(tmp_path):
    coverage = pa.table({"lang_a": ["l0"], "lang_b": ["l1"], "given": [1], "kept": [1]})
    pairs = replace(languages_of(40, 3), coverage=coverage)
    result = align(rotated(40, 3, 16), pairs, Settings(epochs=3, learning_rates=(1e-6, 0.3, 1e-5)), seed=0)
    write_history(result, pairs, tmp_path / "history.csv", tmp_path / "coverage.csv")
    assert chosen_learning_rate(tmp_path / "history.csv") == result.learning_rate == 0.3
