"""Exact neighbours against brute force; writing systems and translations among them against known answers."""

import numpy as np
import pytest

from semantic_tokens.analysis.dictionaries import DictionaryPairs
from semantic_tokens.siblings.geometry import neighbours as search
from semantic_tokens.siblings.geometry import table as tables
from semantic_tokens.siblings.geometry.diversity import diversity, expected_at_random
from semantic_tokens.siblings.geometry.measure import (
    Sample,
    measure_table,
    neighbour_diversity,
    neighbour_translations,
    write_examples,
)
from semantic_tokens.siblings.geometry.neighbours import nearest_rows, nearest_tokens
from semantic_tokens.siblings.geometry.table import EmbeddingTable
from semantic_tokens.siblings.geometry.translations import translated, translations

FIRST_LETTERS = "aбαաבاअกაア"  # of 20 letters in a row each


def table(rows, row_of=None, tokens=None):
    row_of = np.arange(len(rows)) if row_of is None else np.array(row_of)
    tokens = tuple(tokens or (f"t{i}" for i in range(len(row_of))))
    return EmbeddingTable(np.asarray(rows, np.float32), row_of, tokens, np.arange(len(row_of)), len(row_of))


def pairs(a, b, trained=False):
    n = len(a)
    return DictionaryPairs(np.array(a), np.array(b), np.zeros(n, np.int64), np.full(n, trained))


def brute_force(rows, queries, k):
    unit = np.asarray(rows, np.float64)
    unit = unit / np.linalg.norm(unit, axis=1, keepdims=True)
    found = []
    for query in queries:
        cosine = unit @ unit[query]
        cosine[query] = -np.inf
        found.append(sorted(range(len(rows)), key=lambda i: (-cosine[i], i))[:k])
    return np.array(found)


@pytest.mark.parametrize("block", [7, 50, 8_192])
def test_nearest_rows_equal_brute_force_whatever_the_blocks(block, monkeypatch):
    monkeypatch.setattr(search, "BLOCK", block)
    monkeypatch.setattr(tables, "BLOCK", block)
    monkeypatch.setattr(search, "QUERIES", 11)
    rows = np.random.default_rng(0).standard_normal((200, 6)) * np.linspace(0.1, 9, 200)[:, None]
    queries = np.arange(0, 200, 3)
    assert np.array_equal(nearest_rows(table(rows), queries, 10), brute_force(rows, queries, 10))


def test_of_equally_near_rows_the_lowest_comes_first(monkeypatch):
    monkeypatch.setattr(search, "BLOCK", 4)
    monkeypatch.setattr(tables, "BLOCK", 4)
    rows = [[1, 0], [0, 1], [2, 0], [3, 0], [0, 2], [4, 0], [5, 0], [-1, 0], [8, 0]]
    assert nearest_rows(table(rows), np.array([5, 1]), 3).tolist() == [[0, 2, 3], [4, 0, 2]]


def test_fewer_rows_than_asked_for():
    assert nearest_rows(table(np.eye(3)), np.array([1]), 50).tolist() == [[0, 2]]


def test_tokens_of_a_group_are_nearest_then_those_of_the_next_rows():
    grouped = table([[1, 0], [0.9, 0.1], [0, 1]], [0, 0, 0, 1, 1, 2, 2, 2])
    rows = nearest_rows(grouped, grouped.row_of[[1]], 2)
    (near,) = nearest_tokens(grouped, np.array([1]), rows, 6, seed=0)
    assert sorted(near[:2].tolist()) == [0, 2] and sorted(near[2:4].tolist()) == [3, 4] and len(near) == 6
    assert set(near[4:].tolist()) < {5, 6, 7}


def test_which_members_come_first_does_not_go_by_id():
    grouped = table(np.eye(2), [0, *[1] * 40])
    firsts = {int(nearest_tokens(grouped, np.array([0]), np.array([[1]]), 1, seed)[0][0]) for seed in range(20)}
    assert len(firsts) > 5


def test_systems_expected_at_random_equal_draws():
    systems = np.array([0] * 30 + [1] * 5 + [2] * 2 + [-1] * 13)
    rng = np.random.default_rng(1)
    drawn = [len(set(rng.choice(systems, 10, replace=False).tolist()) - {-1}) for _ in range(20_000)]
    assert expected_at_random(systems, 10) == pytest.approx(np.mean(drawn), abs=0.02)
    assert expected_at_random(systems, 50) == 3


def test_diversity_by_hand():
    systems = np.array([0, 1, 2, -1])
    mean, spread = diversity(systems, [np.array([0, 1, 3]), np.array([0, 0, 3]), np.array([0, 1, 2])], 3, "x")
    assert (mean.value, mean.n, spread.measure) == (2.0, 3, "x_sd") and spread.value == 1.0
    assert mean.low < 2 < mean.high


def words(n_each):
    """n_each words of five letters in each of ten writing systems, script by script."""
    return [
        "".join(chr(ord(first) + number // 20**place % 20) for place in range(5))
        for first in FIRST_LETTERS
        for number in range(n_each)
    ]


def translated_table(n_concepts):
    """A table of exact translations: a concept has one vector in all ten writing systems, and five words in each."""
    rng = np.random.default_rng(0)
    concept = np.tile(np.arange(n_concepts * 5) % n_concepts, 10)
    rows = rng.standard_normal((n_concepts, 64))[concept]
    found = table(rows, tokens=words(5 * n_concepts))
    same = [
        (i, j) for c in range(n_concepts) for i in np.flatnonzero(concept == c) for j in np.flatnonzero(concept == c)
    ]
    a, b = np.array([pair for pair in same if pair[0] < pair[1]]).T
    return found, a, b


def test_exact_translations_have_the_full_diversity_and_are_all_found():
    found, a, b = translated_table(12)
    measured = {m.measure: m for m in neighbour_diversity(found, found, 0.2, 0)}
    assert measured["writing_systems"].value == measured["writing_systems_as_published"].value == 10
    assert measured["writing_systems_sd"].value == 0
    judged = {m.measure: m for m in neighbour_translations(found, pairs(a, b), 0.2, 0)}
    assert judged["translations_found"].value == judged["held_out_translations_found"].value == 1
    assert judged["translations_among_neighbours"].value == pytest.approx(49 / 50)  # 50 words of a concept, less itself
    assert judged["translations_found"].chance == pytest.approx(50 / 599)
    assert {m.measure for m in neighbour_translations(found, pairs(a, b, trained=True), 0.2, 0)} == {
        "translations_found",
        "translations_among_neighbours",
    }


def test_one_script_alone_has_diversity_one_and_the_token_itself_may_add_one():
    rng = np.random.default_rng(0)
    script = np.repeat(np.arange(10), 60)
    rows = 5 * np.eye(10)[script] + 0.1 * rng.standard_normal((600, 10))
    found = table(rows, tokens=words(60))
    measured = {m.measure: m.value for m in neighbour_diversity(found, found, 0.2, 0)}
    assert measured["writing_systems"] == measured["writing_systems_with_itself"] == 1
    # One strange token in each cluster: all of its neighbours are of another script.
    swapped = list(words(60))
    for first in range(0, 600, 60):
        swapped[first] = "19"
    strange = table(rows, tokens=swapped)
    measured = {m.measure: m.value for m in neighbour_diversity(strange, strange, 1.0, 0)}
    assert measured["writing_systems"] == measured["writing_systems_with_itself"] == 1
    assert measured["writing_systems_as_published"] > measured["writing_systems_as_published_without_itself"]


def test_random_rows_have_the_diversity_of_chance():
    found = table(np.random.default_rng(3).standard_normal((2000, 40)), tokens=words(200))
    measured = {m.measure: m for m in neighbour_diversity(found, found, 0.2, 0)}["writing_systems"]
    assert measured.low < measured.chance < measured.high


def test_groups_count_as_most_of_their_members():
    rows = np.random.default_rng(0).standard_normal((60, 8))
    tokens = [*words(60)[:60], *words(60)[60:120], *words(60)[:60]]  # each group: two Latin words, one Cyrillic
    grouped = table(rows, np.tile(np.arange(60), 3), tokens)
    measured = {m.measure: m.value for m in neighbour_diversity(grouped, grouped, 0.1, 0)}
    assert measured["writing_systems_of_groups"] == 1 and measured["writing_systems"] == 2


def test_translations_are_those_of_the_table_in_both_directions():
    part = EmbeddingTable(np.eye(3, dtype=np.float32), np.arange(3), ("a", "b", "c"), np.array([2, 4, 5]), 9)
    listed = DictionaryPairs(
        np.array([2, 4, 2, 8]), np.array([4, 5, 4, 2]), np.zeros(4, int), np.array([True, False, True, False])
    )
    found = translations(part, listed, held_out=False)
    assert {word: others.tolist() for word, others in found.items()} == {0: [1], 1: [0, 2], 2: [1]}
    assert {word: others.tolist() for word, others in translations(part, listed, held_out=True).items()} == {
        1: [2],
        2: [1],
    }


def test_translated_by_hand():
    wanted = {0: np.array([1, 2]), 5: np.array([6])}
    among, found = translated(wanted, [0, 5], [np.array([1, 3]), np.array([1, 3])], 11, "x")
    assert (among.value, found.value) == (0.25, 0.25)
    assert (among.chance, found.chance) == (pytest.approx(0.15), pytest.approx(0.2))


def test_examples_put_translations_in_brackets(tmp_path):
    found = table([[1, 0], [1, 0.1], [0, 1], [0.1, 1]], tokens=["dog", "chien", "cat", "chat"])
    write_examples(found, pairs([0], [1]), "a/d2/none/full/none", 0, tmp_path / "n.csv")
    lines = (tmp_path / "n.csv").read_text().splitlines()
    assert lines[:2] == ["condition,token,neighbours", "a/d2/none/full/none,dog,[chien]  chat  cat"]
    write_examples(found, None, "a", 0, tmp_path / "n.csv")
    assert (tmp_path / "n.csv").read_text() == "condition,token,neighbours\n"


def test_a_backbone_that_is_not_compared_has_no_measures_of_shared_tokens():
    tokens = [f"▁{chr(ord(letter) + i % 20)}{i}x" for i in range(60) for letter in "aб"]
    rows, sample = (
        np.random.default_rng(0).standard_normal((120, 8)),
        Sample(category_tokens=20, tokens_per_class=20, neighbour_share=0.1),
    )
    both, neither = (
        {m.measure for m in measure_table(table(rows, tokens=tokens), shared, None, None, sample, 0)}
        for shared in (np.ones(120, bool), None)
    )
    assert both - neither == {
        "script_separability_as_published",
        *(f"writing_systems_as_published{part}{sd}" for part in ("", "_without_itself") for sd in ("", "_sd")),
    }
    assert "script_separability" in neither and "category_tokens_as_published" in neither
