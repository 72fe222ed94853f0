"""Senses in groups, by hand: who shares one, what is conflated in a language, and what random groups would do."""

import numpy as np
import pyarrow as pa
import pytest

from semantic_tokens import tables
from semantic_tokens.analysis import polysemy
from semantic_tokens.analysis.tokens import whole_words
from support.toy_groups import TOKENS, WORDS, partition

SENSES = polysemy.of_concepts(WORDS)
# [PAD], {dog cat perro ##ly}, {gato bank xyz no}; bank is a river's in English and money's in Spanish.
GROUPS = [0, 1, 1, 1, 2, 1, 2, 2, 2]


def measured(group_of=GROUPS, counts=None, seed=0):
    found = polysemy.measure_polysemy(partition(group_of), SENSES, ["en", "es"], counts, seed)
    return {(m.measure, m.subject): m for m in found}


def test_words_that_are_one_token_have_senses_by_language():
    assert SENSES["bank"] == {"en": {"RIVER"}, "es": {"MONEY"}}
    assert SENSES["no"] == {"en": {"NO"}, "es": {"NO"}}
    assert list(whole_words(partition(GROUPS)).values()) == ["dog", "cat", "perro", "gato", "bank", "xyz", "no"]


def test_shares_by_hand():
    found = measured()
    assert (found["words_of_several_senses", ""].value, found["words_of_several_senses", ""].n) == (1 / 6, 6)
    # Of dog, cat, perro and gato, bank, no only dog and perro share one.
    sharing = found["members_sharing_a_sense", ""]
    assert (sharing.value, sharing.n) == (pytest.approx(2 / 6), 6)
    assert (found["groups_of_several_senses", ""].value, found["groups_of_several_senses", ""].n) == (1.0, 2)
    # English: dog with cat, bank with no. Spanish: perro is the only word of its language in its group.
    assert (found["conflated_words", "en"].value, found["conflated_words", "en"].n) == (1.0, 4)
    assert (found["conflated_words", "es"].value, found["conflated_words", "es"].n) == (0.75, 4)
    assert (found["conflated_words", ""].value, found["conflated_words", ""].n) == (0.875, 2)


def test_groups_of_one_meaning_conflate_nothing():
    found = measured([0, 1, 2, 1, 2, 3, 4, 5, 6])
    assert found["members_sharing_a_sense", ""].value == 1.0
    assert found["groups_of_several_senses", ""].value == 0.0
    assert {found["conflated_words", lang].value for lang in ("en", "es", "")} == {0.0}


def test_a_group_that_holds_every_sense_still_conflates_those_who_share_none():
    # cat shares CAT with gato, but not with dog.
    assert sorted(polysemy.conflated({1: frozenset("D"), 2: frozenset("C"), 4: frozenset("C")}, np.ones(9, int))) == [
        1, 2, 4,
    ]  # fmt: skip
    assert not polysemy.conflated({1: frozenset("DC"), 2: frozenset("C"), 4: frozenset("DC")}, np.ones(9, int))


def test_running_words_weigh_what_they_occur():
    counts = np.zeros((2, len(TOKENS)), np.int64)
    counts[1, [TOKENS.index(word) for word in ("perro", "gato", "bank", "no")]] = 7, 1, 1, 1
    found = measured(counts=counts)
    assert ("conflated_words", "en") not in found, "no word of it occurs"
    assert found["conflated_words", "es"].value == pytest.approx(0.3)


def test_chance_is_a_shuffle_of_the_same_sizes():
    several = [measured(seed=seed)["members_sharing_a_sense", ""].chance for seed in range(40)]
    assert len(set(several)) > 1 and measured(seed=3) == measured(seed=3)
    # Two of the six share a sense if they meet: dog-perro and cat-gato, in groups of 4 and 4 of 8 ordinary tokens.
    assert np.mean(several) == pytest.approx(4 / 6 * 12 / 28, abs=0.1)


def test_without_a_word_of_known_senses_there_is_nothing():
    assert polysemy.measure_polysemy(partition(GROUPS), {"elsewhere": {"en": frozenset("X")}}, ["en"], None, 0) == []


def test_a_dictionarys_senses_are_english_words():
    pairs = pa.Table.from_pylist(
        [
            {"word_a": a, "lang_a": la, "word_b": b, "lang_b": lb, "source": "muse"}
            for a, la, b, lb in [
                *(("bank", "en", "banco", "es"), ("orilla", "es", "bank", "en"), ("shore", "en", "orilla", "es")),
                *(("banco", "es", "banque", "fr"), ("unseen", "en", "invisto", "es")),
            ]
        ],
        tables.SCHEMAS["word_pairs"],
    )
    words = {"bank", "shore", "banco", "orilla", "banque"}
    assert polysemy.of_dictionaries([pairs[:2], pairs[2:]], words) == {
        "bank": {"en": {"bank"}}, "shore": {"en": {"shore"}}, "banco": {"es": {"bank"}},
        "orilla": {"es": {"bank", "shore"}},
    }  # fmt: skip
