"""Group measures: by hand, against random groupings, on both kinds of tokenizer, and as a table."""

import numpy as np
import pytest

from semantic_tokens.analysis.mixing import Mixing
from semantic_tokens.analysis.stability import Stability
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.report import groups
from support.toy_groups import CONDITION, WORDS, partition


def test_groups_by_hand():
    # {[PAD]} {dog cat perro ##ly} {gato bank xyz no}; bank is ambiguous, xyz no word, ##ly no whole word.
    found = groups.measure(CONDITION, partition([0, 1, 1, 1, 2, 1, 2, 2, 2]), groups.meanings(WORDS), 0)
    assert (found.groups, found.tokens, found.dropped_tokens) == (3, 9, 0)
    assert (found.mean_size, found.median_size, found.largest_size) == (3, 4, 4)
    assert (found.largest_share, found.mixed_share) == (pytest.approx(4 / 9), pytest.approx(1 / 3))
    assert (found.judged_tokens, found.ambiguous_tokens) == (5, 1)
    # Same group: dog-cat (en), dog-perro, cat-perro (across), gato-no (es). Same concept: dog-perro, cat-gato (across).
    assert (found.pairs, found.cross_language_share) == (4, 0.5)
    assert (found.pair_precision, found.pair_recall, found.pair_f1) == (1 / 4, 1 / 2, pytest.approx(1 / 3))
    assert (found.precision_within, found.recall_within) == (0, None)
    assert (found.precision_across, found.recall_across, found.f1_across) == (1 / 2, 1 / 2, 1 / 2)
    # Of 10 pairs of judged words, 6 are within a language (dog-cat, perro-gato, and no with each of the four) ...
    assert (found.random_precision, found.random_precision_within) == (2 / 10, 0)
    assert found.random_precision_across == 2 / 4
    # ... and 6 + 6 of the 28 pairs of ordinary tokens are in one group.
    assert found.random_recall == pytest.approx(12 / 28)
    assert found.random_f1_across == pytest.approx(2 * 0.5 * (12 / 28) / (0.5 + 12 / 28))


def test_groups_of_the_right_words_score_one():
    found = groups.measure(CONDITION, partition([0, 1, 2, 1, 2, 3, 4, 5, 6]), groups.meanings(WORDS), 0)
    assert (found.v_measure, found.pair_precision, found.pair_recall) == (pytest.approx(1), 1, 1)
    assert (found.homogeneity, found.completeness) == (pytest.approx(1), pytest.approx(1))


def test_one_group_is_complete_and_groups_of_one_are_homogeneous():
    one = groups.measure(CONDITION, partition([0, *[1] * 8]), groups.meanings(WORDS), 0)
    assert (one.homogeneity, one.completeness, one.random_homogeneity) == (
        pytest.approx(0, abs=1e-12),
        1,
        one.homogeneity,
    )
    many = groups.measure(CONDITION, partition(range(9)), groups.meanings(WORDS), 0)
    assert many.homogeneity == pytest.approx(1) and many.completeness < 1


def test_groups_of_first_k_drop_tokens_and_have_no_pairs(tmp_path):
    found = groups.measure(CONDITION, partition([0, 1, 2, 3, -1, -1, -1, -1, -1]), groups.meanings(WORDS), 0)
    assert (found.groups, found.tokens, found.dropped_tokens, found.judged_tokens) == (4, 4, 5, 3)
    assert (found.pairs, found.pair_precision, found.pair_recall) == (0, None, 0)
    groups.write([found], tmp_path / "groups.csv")
    assert groups.read(tmp_path / "groups.csv") == [found]


def test_unigram_pieces_are_words_where_they_start_one_or_are_chinese():
    tokens = ("<s>", "▁dog", "dog", "狗", "▁猫", "▁")
    words = {"dog": groups.Meaning("DOG", frozenset({"en"})), "狗": groups.Meaning("DOG", frozenset({"zh"}))}
    words["猫"] = groups.Meaning("CAT", frozenset({"zh"}))
    ids = np.arange(6, dtype=np.int32)
    grouped = VocabularyPartition(ids, tokens, np.ones(6, np.float32), "random", (0,))
    found = groups.measure(CONDITION, grouped, words, 0)
    assert found.judged_tokens == 3


def random_world(n_concepts, rng):
    """A partition of the words of many concepts in three languages, each concept in one group of two, and the words."""
    meant = {f"w{i}": groups.Meaning(f"C{i // 3}", frozenset("abc"[i % 3])) for i in range(3 * n_concepts)}
    tokens = ("[PAD]", *meant)
    concept = np.arange(3 * n_concepts) // 3
    merged = rng.permutation(n_concepts)[concept] // 2
    group_of = np.array([0, *(1 + merged)], np.int32)
    return VocabularyPartition(group_of, tokens, np.ones(len(tokens), np.float32), "kmeans-cosine", (0,)), meant


def test_random_values_are_those_of_random_groupings():
    rng = np.random.default_rng(0)
    grouped, meant = random_world(60, rng)
    found = groups.measure(CONDITION, grouped, meant, 0)
    assert found.pair_recall == 1 and found.pair_precision == pytest.approx(6 / 15)
    dealt = []
    for seed in range(60):
        group_of = grouped.group_of.copy()
        group_of[1:] = np.random.default_rng([seed, 1]).permutation(group_of[1:])
        anew = VocabularyPartition(group_of, grouped.tokens, grouped.cosine_to_centroid, "random", (0,))
        dealt.append(groups.measure(CONDITION, anew, meant, 0))
    for name, expected in (
        ("pair_precision", found.random_precision),
        ("precision_across", found.random_precision_across),
        ("pair_recall", found.random_recall),
        ("recall_across", found.random_recall),
    ):
        assert np.mean([getattr(d, name) for d in dealt]) == pytest.approx(expected, rel=0.15), name
    spread = [d.v_measure for d in dealt]
    assert min(spread) < found.random_v_measure < max(spread) < found.v_measure
    assert found == groups.measure(CONDITION, grouped, meant, 0)
    assert found.random_v_measure != groups.measure(CONDITION, grouped, meant, 1).random_v_measure


def test_without_known_words_sizes_stand_alone(tmp_path):
    found = groups.measure(CONDITION, partition([0, 1, 1, 1, 2, 1, 2, 2, 2]), {}, 0)
    assert (found.largest_size, found.judged_tokens) == (4, 0)
    assert found.v_measure is found.random_v_measure is found.pair_f1 is found.random_f1 is None
    groups.write([found], tmp_path / "groups.csv")
    assert groups.read(tmp_path / "groups.csv") == [found]
    assert (tmp_path / "groups.csv").read_text().startswith("condition,")


def test_rows_of_the_other_tables_read_back(tmp_path):
    mixing = [
        Mixing(CONDITION, "script", 0.9, 3, 0.25, 0.5, None, 0.125),
        Mixing(CONDITION, "language", 0, 0, None, 0.0, None, 0.0),
    ]
    groups.write_rows(Mixing, mixing, tmp_path / "mixing.csv")
    assert groups.read_rows(Mixing, tmp_path / "mixing.csv") == mixing
    groups.write_rows(Stability, [], tmp_path / "stability.csv")
    assert (tmp_path / "stability.csv").read_text() == "condition,seeds,ari,ari_least,ari_greatest\n"
