"""The probe of sentence pairs and its control, on translations, noise and vectors that name a sentence."""

import numpy as np
import pytest

from semantic_tokens.analysis import intervals
from semantic_tokens.siblings.probing.sentence_probe import sentence_probe
from support.toy_vectors import PAIRS, N, by_subject, noise, translations

SENTENCE = np.tile(np.arange(N), 3)
TRAINS = SENTENCE % 2 == 0


def probed(vectors, seed=0, pairs=PAIRS, sentence=SENTENCE):
    return list(sentence_probe(vectors, pairs, sentence, TRAINS, 2, seed))


def test_the_sentence_probe_knows_translations_from_shuffled_pairs():
    measures = probed(translations() + 0.05 * noise(seed=1))
    found = by_subject(measures, "sentence_probe_accuracy")
    assert list(found) == ["en-sw", "en-zh", ""] and all(measure.value > 0.97 for measure in found.values())
    assert found[""].n == 2 * N and found["en-sw"].n == N, "half of the sentences, each in a true and a shuffled pair"
    control = by_subject(measures, "sentence_control_accuracy")
    assert control["en-sw"].n + control["en-zh"].n == N // 2, "each sentence that trains is asked once"
    assert control[""].chance == 0.5
    assert by_subject(measures, "sentence_selectivity")[""].value == pytest.approx(found[""].value - control[""].value)


def test_without_a_subject_stands_the_mean_over_pairs_of_languages():
    vectors = translations() + 0.05 * noise(seed=1)
    vectors[2 * N :] = noise(N, seed=2)  # Chinese has nothing in common with English
    found = by_subject(probed(vectors), "sentence_probe_accuracy")
    values = np.array([found["en-sw"].value, found["en-zh"].value])
    assert found["en-sw"].value > found["en-zh"].value + 0.2 and found[""].value == pytest.approx(values.mean())
    assert (found[""].low, found[""].high) == pytest.approx(intervals.of_mean(values))


def test_the_sentence_control_is_learnt_by_heart_where_languages_share_vectors():
    """A vector that names the sentence in every language tells its label in a pair that was not learnt from."""
    same = np.tile(noise(N, dim=400), (3, 1))
    known = by_subject(probed(same), "sentence_control_accuracy")
    assert known[""].value > 0.95
    assert by_subject(probed(same), "sentence_selectivity")[""].value < 0.1
    alone = []
    for seed in range(4):
        vectors = noise(dim=400, seed=seed)
        vectors[:N] = 0  # English says nothing, and the other two share nothing
        alone.append(by_subject(probed(vectors, seed), "sentence_control_accuracy")[""].value)
    assert np.mean(alone) == pytest.approx(0.5, abs=0.13), "there is nothing to remember"


def test_there_is_no_control_where_no_sentence_is_in_two_pairs():
    kinds = {m.measure for m in probed(translations(), pairs={"en-sw": PAIRS["en-sw"]})}
    assert kinds == {"sentence_probe_accuracy"}


def test_the_sentence_probe_stays_at_chance_on_noise():
    measures = [m for seed in range(3) for m in probed(noise(seed=seed), seed)]
    for name in ("sentence_probe_accuracy", "sentence_control_accuracy"):
        assert np.mean([m.value for m in measures if m.measure == name and not m.subject]) == pytest.approx(
            0.5, abs=0.06
        )


def test_the_sentence_probe_tests_on_other_sentences():
    """Vectors that name the sentence and its language, and nothing that they share: only heart could know them."""
    found = by_subject(probed(noise(dim=400)), "sentence_probe_accuracy")[""]
    assert found.value == pytest.approx(0.5, abs=0.12)
