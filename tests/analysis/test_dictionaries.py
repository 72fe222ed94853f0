"""Dictionary measures: by hand, one by one, against random groupings, and the alignment's own split."""

from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from semantic_tokens.alignment import infonce
from semantic_tokens.alignment.pairs import TokenPairs
from semantic_tokens.analysis.dictionaries import (
    DictionaryPairs,
    dictionary_pairs,
    measure_dictionaries,
    possible_pairs,
)
from semantic_tokens.conditions import ROUND_TRIP
from semantic_tokens.grouping.partition import VocabularyPartition
from support.toy_groups import CONDITION

NAMES = (("en", "es"), ("en", "fr"), ("es", "fr"))


def partition(groups, special=()):
    tokens = tuple(f"t{i}" for i in range(len(groups)))
    return VocabularyPartition(np.array(groups, np.int32), tokens, np.ones(len(tokens), np.float32), "x", special)


def pairs_of(rows):
    """From (a, b, number of the pair of languages, trained)."""
    a, b, language_pair, trained = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    return DictionaryPairs(a, b, language_pair, trained.astype(bool))


def token_pairs(rows, names=NAMES):
    a, b, language_pair = np.array(sorted(rows, key=lambda row: row[2]), dtype=np.int64).T
    return TokenPairs(a, b, language_pair, names, pa.table({}))


# Token 0 is special. English 1 2, Spanish 3 4, French 5; 6 is an English and a Spanish word.
ROWS = [(1, 3, 0, 1), (2, 4, 0, 0), (6, 3, 0, 0), (1, 6, 0, 0), (1, 5, 1, 1), (3, 5, 2, 0)]


def test_all_pairs_by_hand():
    grouped = partition([0, 1, 1, 1, 2, 2, 1], special=(0,))  # {1 2 3 6} {4 5}
    found = measure_dictionaries(CONDITION, "muse", grouped, pairs_of(ROWS), held_out=False)
    assert (found.condition, found.sources, found.judged_on) == (CONDITION, "muse", "all")
    # 1-3, 6-3 and 1-6 are together of six. Of English {1 2 6} with Spanish {3 4 6} could be listed in {1 2 3 6}:
    # 1-3 1-6 2-3 2-6 6-3; of Spanish {3} with French {5}, and English {1} with French {5}: none.
    assert (found.listed, found.recall) == (6, 0.5)
    assert (found.possible, found.precision, found.f1) == (5, 3 / 5, pytest.approx(6 / 11))
    # {1 2 3 6} {4 5}: 6 + 1 of 15 pairs share a group; 8 + 1 + 1 pairs could be listed.
    assert (found.random_recall, found.random_precision) == (pytest.approx(7 / 15), pytest.approx(6 / 10))


def test_held_out_pairs_by_hand():
    grouped = partition([0, 1, 1, 1, 2, 2, 1], special=(0,))
    found = measure_dictionaries(CONDITION, "muse", grouped, pairs_of(ROWS), held_out=True)
    assert (found.judged_on, found.listed, found.recall) == ("held-out", 4, 2 / 4)
    assert (found.possible, found.precision) == (4, 2 / 4)  # 1-3 was trained on: neither right nor wrong
    assert found.random_precision == pytest.approx(4 / 8)


def test_dropped_and_special_tokens_are_not_judged():
    found = measure_dictionaries(CONDITION, "muse", partition([0, 1, 2, 3, -1, -1, -1], (0, 1)), pairs_of(ROWS), False)
    assert (found.listed, found.recall, found.possible, found.precision) == (0, None, 0, None)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 2)), min_size=1, max_size=15),
    st.lists(st.integers(0, 2), min_size=6, max_size=6),
)
def test_possible_pairs_are_those_counted_one_by_one(rows, groups):
    a, b, languages = np.array(rows).T
    expected = sum(
        x != y and groups[x] == groups[y]
        for name in range(3)
        for x in {row[0] for row in rows if row[2] == name}
        for y in {row[1] for row in rows if row[2] == name}
    )
    first, second = (np.unique(languages * 6 + words) for words in (a, b))
    assert possible_pairs(first, second, np.array(groups, np.int32)) == expected


def test_random_values_are_those_of_random_groupings():
    rng = np.random.default_rng(0)
    rows = {(int(a), int(b), int(n)) for a, b, n in zip(*rng.integers(0, 60, (2, 150)), rng.integers(0, 3, 150))}
    known = pairs_of([(a, b, n, rng.random() < 0.5) for a, b, n in sorted(rows) if a != b])
    sizes = np.repeat(np.arange(8), [1, 2, 2, 5, 5, 10, 15, 20])
    found = [measure_dictionaries(CONDITION, "", partition(rng.permutation(sizes)), known, True) for _ in range(400)]
    assert np.mean([f.recall for f in found]) == pytest.approx(found[0].random_recall, rel=0.05)
    precision = np.sum([f.recall * f.listed for f in found]) / np.sum([f.possible for f in found])
    assert precision == pytest.approx(found[0].random_precision, rel=0.05)


def test_pairs_within_a_language_are_left_out_and_files_read_back(tmp_path):
    rows = [(1, 2, 0), (1, 3, 1), (2, 4, 1), (2, 3, 1)]
    pairs = dictionary_pairs(token_pairs(rows, (("en", "en"), ("en", "es"))), held_out=0.3, seed=0)
    assert (pairs.a.tolist(), pairs.b.tolist()) == ([1, 2, 2], [3, 4, 3])
    pairs.save(tmp_path / "pairs.parquet")
    again = DictionaryPairs.load(tmp_path / "pairs.parquet")
    assert all((value == vars(again)[name]).all() for name, value in vars(pairs).items())


@settings(deadline=None, max_examples=5)
@given(st.integers(0, 100), st.booleans())
def test_the_split_is_the_one_that_the_alignment_trains_by(seed, round_trip):
    rng = np.random.default_rng(seed)
    rows = {(int(a), int(b), int(n)) for a, b, n in zip(*rng.integers(10, 60, (2, 200)), rng.integers(0, 3, 200))}
    rows = [row for row in rows if row[0] != row[1]]
    found = dictionary_pairs(token_pairs(rows), held_out=0.2, seed=seed)
    assert 0 < (~found.trained).sum() < 0.3 * len(rows)
    neighbours = [(i, i + 1, 3) for i in range(0, 68, 2)] if round_trip else []
    names = (*NAMES, (ROUND_TRIP, ROUND_TRIP)) if round_trip else NAMES
    trained = trained_by_alignment(token_pairs(rows + neighbours, names), held_out=0.2, seed=seed)
    assert trained == set(zip(*(column[found.trained].tolist() for column in (found.a, found.b, found.language_pair))))


def trained_by_alignment(pairs, held_out, seed):
    """(a, b, pair of languages) of the dictionaries' pairs that `align` trains on."""
    seen, tokens = set(), np.unique([pairs.a, pairs.b])
    original = infonce._train

    def spy(rows, trained, *others):
        seen.update(zip(tokens[trained.a].tolist(), tokens[trained.b].tolist(), trained.language_pair.tolist()))
        return original(rows, trained, *others)

    config = SimpleNamespace(
        temperature=0.1, batch_size=64, epochs=1, learning_rates=[1e-3], held_out=held_out, language_sampling=1.0
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(infonce, "_train", spy)
        infonce.align(torch.randn(70, 8, generator=torch.Generator().manual_seed(0)), pairs, config, seed)
    return {row for row in seen if row[2] < len(NAMES)}
