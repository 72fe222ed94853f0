"""Whether translations are alike, and found among all, in vectors whose answer is known."""

import numpy as np
import pytest

from semantic_tokens.analysis import intervals
from semantic_tokens.siblings.probing import retrieval, similarity
from support.toy_vectors import DIM, PAIRS, N, by_subject, noise, translations, word_pairs


def test_exact_translations_are_alike_and_found():
    words = by_subject(similarity.word_similarity(translations(), word_pairs(), 1), "word_similarity")
    assert list(words) == ["en-sw", "en-zh", ""]
    assert all(measure.value == pytest.approx(1, abs=1e-6) and abs(measure.chance) < 0.02 for measure in words.values())
    assert words["en-sw"].n == N and words[""].n == 2 * N and words[""].layer == 1
    found = by_subject(retrieval.parallel_retrieval(translations(), PAIRS, 1), "parallel_retrieval")
    assert all(measure.value == 1 for measure in found.values()) and found["en-sw"].chance == 1 / N


def test_noise_gets_chance():
    words = by_subject(similarity.word_similarity(noise(), word_pairs(), 0), "word_similarity")
    assert all(measure.low < measure.chance < measure.high for subject, measure in words.items() if subject)
    found = by_subject(retrieval.parallel_retrieval(noise(), PAIRS, 0), "parallel_retrieval")
    assert all(measure.value <= 4 / N for measure in found.values())


def test_a_common_direction_raises_cosine_and_chance_alike():
    plain, shifted = (
        by_subject(similarity.word_similarity(noise() + shift, word_pairs(), 0), "word_similarity")["en-sw"]
        for shift in (0, 5)
    )
    assert shifted.value > 0.9 and abs(plain.value) < 0.1
    assert abs(shifted.value - shifted.chance) < 0.02


def test_chance_is_the_mean_over_all_other_pairs():
    vectors, (a, b) = noise(), PAIRS["en-sw"]
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    others = [unit[i] @ unit[j] for i in a for j in b if j - i != N]
    measure = by_subject(similarity.word_similarity(vectors, word_pairs(), 0), "word_similarity")["en-sw"]
    assert measure.chance == pytest.approx(np.mean(others), abs=1e-5)


def test_vectors_that_are_all_the_same_find_nothing():
    same = np.ones((3 * N, DIM), np.float32)
    assert by_subject(retrieval.parallel_retrieval(same, PAIRS, 0), "parallel_retrieval")[""].value == 0


def test_half_of_the_translations_are_found():
    vectors = translations()
    vectors[N : N + N // 2] = -vectors[N : N + N // 2]
    found = by_subject(retrieval.parallel_retrieval(vectors, PAIRS, 0), "parallel_retrieval")
    assert found["en-sw"].value == pytest.approx(0.5, abs=0.05) and found["en-zh"].value == 1
    assert found["en-sw"].low < 0.5 < found["en-sw"].high
    assert found[""].value == pytest.approx((found["en-sw"].value + 1) / 2), "each pair of languages weighs the same"


def test_retrieval_goes_both_ways():
    """The second English sentence is nearer to the first Swahili one than its own translation is."""
    english = [[0.5, 0.1, (1 - 0.26) ** 0.5, 0], [0.55, 0.8, 0, (1 - 0.9425) ** 0.5]]
    vectors = np.array([*english, *np.eye(2, 4)], np.float32)
    pairs = {"en-sw": (np.array([0, 1]), np.array([2, 3]))}
    measure = by_subject(retrieval.parallel_retrieval(vectors, pairs, 0), "parallel_retrieval")["en-sw"]
    assert measure.value == 0.75 and measure.n == 2 and measure.chance == 0.5


def test_retrieval_counts_each_sentence_once():
    vectors = translations()
    vectors[N : N + N // 2] = -vectors[N : N + N // 2]
    found = by_subject(retrieval.parallel_retrieval(vectors, PAIRS, 0), "parallel_retrieval")["en-sw"]
    half = intervals.of_share(N // 2 / N, N)
    assert found.high - found.low == pytest.approx(half[1] - half[0], rel=0.02), "not of twice as many trials"
