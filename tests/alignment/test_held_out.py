"""The held-out split against its plain definition, and the precision that is measured on it."""

import math
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from semantic_tokens.alignment.held_out import hold_out, precision_at_1
from semantic_tokens.alignment.pairs import TokenPairs
from support.toy_alignment import cliques

UNHURRIED = settings(deadline=None)  # reads files, or meets a busy machine


@given(st.integers(2, 8), st.integers(2, 4), st.integers(1, 3), st.floats(0, 0.6), st.integers(0, 3))
def test_held_out_pairs_are_never_trained_and_every_word_is(n_concepts, n_languages, forms, share, seed):
    pairs = cliques(n_concepts, n_languages, forms)
    split = hold_out(pairs, share, seed)
    edges = [frozenset(edge) for edge in zip(pairs.a.tolist(), pairs.b.tolist(), strict=True)]
    trained = {edge for edge, kept in zip(edges, split.training, strict=True) if kept}
    assert (~split.training).sum() <= share * len(pairs)
    assert set().union(*trained) == set().union(*edges)
    language = {i: f"l{i // forms % n_languages}" for i in range(n_concepts * n_languages * forms)}
    for target, queries in split.queries.items():
        for word, gold in queries:
            translations = {next(iter(edge - {word})) for edge in edges if word in edge}
            assert set(gold) == {other for other in translations if language[other] == target}
            assert not any(frozenset((word, other)) in trained for other in gold)


def plain_hold_out(pairs: TokenPairs, share: float, seed: int) -> tuple[set[frozenset[int]], dict]:
    """The definition in sets: the pairs kept back, and target language -> word -> its translations."""
    translations, partners = defaultdict(set), defaultdict(set)
    for a, b, number in zip(pairs.a.tolist(), pairs.b.tolist(), pairs.language_pair.tolist(), strict=True):
        for word, other, language in ((a, b, pairs.names[number][1]), (b, a, pairs.names[number][0])):
            translations[word, language].add(other)
            partners[word].add(other)
    wanted = share * sum(map(len, partners.values())) / 2
    units, kept_back, queries = sorted(translations), set(), defaultdict(dict)
    for unit in np.random.default_rng(seed).permutation(len(units)).tolist():
        (word, language), others = units[unit], translations[units[unit]]
        spared = all(len(partners[other]) > 1 for other in others) and len(others) < len(partners[word])
        if len(kept_back) + len(others) <= wanted and others <= partners[word] and spared:
            queries[language][word] = tuple(sorted(others))
            kept_back |= {frozenset((word, other)) for other in others}
            partners[word] -= others
            for other in others:
                partners[other].remove(word)
    return kept_back, queries


EDGE = st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 3)).filter(lambda edge: edge[0] != edge[1])


@UNHURRIED
@given(st.sets(EDGE, min_size=1), st.floats(0, 1), st.integers(0, 9))
def test_held_out_is_the_plain_draw(edges, share, seed):
    a, b, number = np.array(sorted(edges)).T
    pairs = TokenPairs(a, b, number, (("de", "en"), ("de", "fr"), ("en", "en"), ("en", "fr")), pa.table({}))
    made, (kept_back, queries) = hold_out(pairs, share, seed), plain_hold_out(pairs, share, seed)
    assert {language: dict(found) for language, found in made.queries.items()} == queries
    assert made.training.tolist() == [frozenset(edge) not in kept_back for edge in zip(a.tolist(), b.tolist())]


def test_held_out_takes_its_share_where_it_can():
    assert (~hold_out(cliques(50, 3), 0.1, 0).training).sum() == 15
    assert hold_out(cliques(50, 2), 0.1, 0).queries == {}  # one partner each: nothing would train the words


def test_a_pair_held_out_in_one_pair_of_languages_is_held_out_in_all():
    pairs = cliques(20, 3)
    twice = TokenPairs(
        np.concatenate([pairs.a, pairs.b]),
        np.concatenate([pairs.b, pairs.a]),
        np.concatenate([pairs.language_pair, pairs.language_pair + 3]),
        (*pairs.names, ("m0", "m1"), ("m0", "m2"), ("m1", "m2")),
        pairs.coverage,
    )
    training = hold_out(twice, 0.1, 0).training
    assert not training.all() and np.array_equal(training[:60], training[60:])


def test_precision_by_hand():
    pairs = cliques(2, 3)  # tokens 0 1 2 | 3 4 5
    split = replace(hold_out(pairs, 0.0, 0), queries={"l1": [(0, (1,)), (3, (4,))], "l2": [(0, (2,))]})
    table = torch.tensor([[1.0, 0], [2.0, 0.1], [0, 1.0], [0.1, 1.0], [3.0, -1], [1.0, 0.1]])
    # 0 -> l1: 1, right; 3 -> l1: 1 and not 4, wrong; 0 -> l2: 5 and not 2, wrong.
    assert precision_at_1(table, split, block=1) == pytest.approx(1 / 3)
    assert math.isnan(precision_at_1(table, replace(split, queries={})))
