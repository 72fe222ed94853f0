"""Metrics against values worked out by hand and independent calculations."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semantic_tokens.fine_tuning.metrics import (
    accuracy,
    answer_f1,
    answer_f1_unicode,
    entity_f1,
    exact_match,
    expected_ndcg_at_10,
    ndcg_at_10,
    squad_normalized,
    unicode_normalized,
)
from support.squad import squad_scores


def plain_ndcg(ranking, relevance, k=10):
    """nDCG from its definition; `ranking` best first."""
    gains = [relevance.get(p, 0) for p in ranking[:k]]
    ideal = sorted(relevance.values(), reverse=True)[:k]
    dcg, best = (sum(g / math.log2(i + 2) for i, g in enumerate(gs)) for gs in (gains, ideal))
    return dcg / best if best else 0.0


def entities(tags):
    """Spans of well-formed IOB2 tags."""
    found, start = set(), None
    for i, tag in enumerate([*tags, "O"]):
        if start is not None and not tag.startswith("I-"):
            found.add((start, i, tags[start][2:]))
            start = None
        if tag.startswith("B-"):
            start = i
    return found


well_formed = st.lists(
    st.sampled_from([["O"], ["B-PER"], ["B-PER", "I-PER"], ["B-LOC"], ["B-LOC", "I-LOC", "I-LOC"]]),
    min_size=1,
    max_size=6,
).map(lambda parts: list(itertools.chain(*parts)))


@settings(deadline=None)
@given(st.lists(st.tuples(well_formed, well_formed), min_size=1, max_size=4))
def test_entity_f1_is_micro_f1_over_spans(pairs):
    cut = [(g[: min(len(g), len(p))], p[: min(len(g), len(p))]) for g, p in pairs]
    gold = {(i, *e) for i, (g, _) in enumerate(cut) for e in entities(g)}
    predicted = {(i, *e) for i, (_, p) in enumerate(cut) for e in entities(p)}
    total = len(gold) + len(predicted)
    expected = 2 * len(gold & predicted) / total if total else 0.0
    assert entity_f1([g for g, _ in cut], [p for _, p in cut]) == pytest.approx(expected)


def test_entity_f1_is_lenient_about_entities_that_begin_with_i():
    assert entity_f1([["B-PER", "I-PER", "O"]], [["I-PER", "I-PER", "O"]]) == 1.0


def test_accuracy_of_predictions_and_of_a_constant():
    import numpy as np

    assert accuracy(np.array([0, 1, 2, 2]), np.array([0, 1, 1, 2])) == 0.75
    assert accuracy(np.array([0, 1, 2, 2]), 2) == 0.5


@pytest.mark.parametrize(
    ("lang", "text", "normal"),
    [
        ("en", "The  Cat's «tail», an end.", "cats tail end"),
        ("es", "A la casa.", "a la casa"),
        ("ar", "القاهرة،", "القاهرة"),
        ("hi", "दिल्ली।", "दिल्ली"),
        ("zh", "北京。", "北京"),
        ("fi", "cafe\u0301", "caf\u00e9"),
        ("en", "$5 <b>", "5 b"),
    ],
)
def test_unicode_normalisation_in_any_script(lang, text, normal):
    assert unicode_normalized(text, lang) == normal


def test_unicode_f1_over_words_and_over_characters():
    assert answer_f1_unicode("the red house", ["red house today"], "en") == pytest.approx(2 * 2 / (2 + 3))
    assert answer_f1_unicode("red red", ["red"], "es") == pytest.approx(2 * 1 / 3)
    assert answer_f1_unicode("北京市", ["北京"], "zh") == pytest.approx(2 * 2 / 5)
    assert answer_f1_unicode("北京市", ["北京"], "ru") == 0.0
    assert answer_f1_unicode("IBM公司", ["IBM"], "zh") == pytest.approx(2 * 1 / 4)
    assert answer_f1_unicode("x", ["y", "x z", "x"], "en") == 1.0
    assert answer_f1_unicode("", ["x"], "en") == 0.0
    assert answer_f1_unicode("。", ["«»"], "zh") == 1.0


def test_f1_strips_ascii_punctuation_and_english_articles_in_every_language():
    assert squad_normalized("The  Cat's, an END!") == "cats end"
    assert squad_normalized("A la casa.") == "la casa"
    assert squad_normalized("«Москва», столица") == "«москва» столица"
    assert answer_f1("«Москва»", ["Москва"]) == 0.0
    assert answer_f1("the red house", ["red house today"]) == pytest.approx(2 * 2 / (2 + 3))
    assert answer_f1("北京市", ["北京"]) == 0.0, "white space alone separates words"
    assert answer_f1("x", ["y", "x z", "x"]) == 1.0
    assert answer_f1("the", ["a"]) == 0.0, "no word is left of either"
    assert exact_match("The Nile.", ["Amazon", "nile"]) == 1.0
    assert exact_match("nile river", ["nile"]) == 0.0


_WORDS = ("the", "a", "An", "theatre", "Nile", "U.S.", "1,5", "«да»", "北京", "قال،", "e\u0301", "--", "\u00a0", "a-b")
_ANSWERS = st.one_of(st.lists(st.sampled_from(_WORDS), max_size=6).map(" ".join), st.text(max_size=15))


@settings(deadline=None, max_examples=300)
@given(_ANSWERS, st.lists(_ANSWERS, min_size=1, max_size=3))
def test_f1_and_exact_match_are_those_of_squads_evaluation(prediction, golds):
    f1, exact = squad_scores(prediction, golds)
    assert answer_f1(prediction, golds) == pytest.approx(f1, abs=1e-12)
    assert exact_match(prediction, golds) == exact


@settings(deadline=None)
@given(
    st.text(alphabet="ab, .北京", max_size=12),
    st.text(alphabet="ab, .北京", max_size=12),
    st.sampled_from(["en", "zh"]),
)
def test_f1_is_symmetric_and_bounded(a, b, lang):
    for value, reverse in (
        (answer_f1(a, [b]), answer_f1(b, [a])),
        (answer_f1_unicode(a, [b], lang), answer_f1_unicode(b, [a], lang)),
    ):
        assert 0.0 <= value <= 1.0 and value == reverse
    if squad_normalized(a):
        assert exact_match(a, [b]) <= answer_f1(a, [b])


relevances = st.dictionaries(st.sampled_from("abcdefghijklmnop"), st.integers(0, 3), min_size=1, max_size=14)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["q1", "q2", "q3"]), relevances, min_size=1), st.randoms(use_true_random=False))
def test_ndcg_is_the_mean_over_all_judged_queries(qrels, random):
    run, expected = {}, []
    for query, relevance in sorted(qrels.items()):
        ranking = random.sample("abcdefghijklmnopqrst", 15)
        if random.random() < 0.7:
            run[query] = {p: -float(i) for i, p in enumerate(ranking)}
            expected.append(plain_ndcg(ranking, relevance))
        else:
            expected.append(0.0)
    assert ndcg_at_10(qrels, run) == pytest.approx(sum(expected) / len(expected), abs=1e-6)


def test_ndcg_counts_a_query_without_results_as_zero():
    qrels = {"found": {"p": 1}, "lost": {"p": 1}, "empty": {"p": 1}}
    assert ndcg_at_10(qrels, {"found": {"p": 2.0, "x": 1.0}, "empty": {}}) == pytest.approx(1 / 3)


@settings(deadline=None)
@given(st.lists(st.integers(0, 2), min_size=1, max_size=6), st.lists(st.integers(1, 2), max_size=2))
def test_expected_ndcg_is_the_mean_over_all_orders(listed, missed):
    relevance = {str(i): r for i, r in enumerate(listed)} | {f"missed{i}": r for i, r in enumerate(missed)}
    orders = list(itertools.permutations([str(i) for i in range(len(listed))]))
    mean = sum(plain_ndcg(order, relevance, k=10) for order in orders) / len(orders)
    positive = [r for r in relevance.values() if r]
    assert expected_ndcg_at_10(positive, sum(listed), len(listed)) == pytest.approx(mean)


def test_expected_ndcg_of_one_relevant_passage_among_a_hundred():
    discounts = sum(1 / math.log2(i + 1) for i in range(1, 11))
    assert expected_ndcg_at_10([1], 1, 100) == pytest.approx(discounts / 100)
    assert expected_ndcg_at_10([1], 0, 0) == 0.0
