"""Measures of layers on vectors whose answer is known: exact translations, noise, collapsed layers, random labels."""

import numpy as np
import pandas as pd
import pytest

from semantic_tokens.analysis import intervals
from semantic_tokens.analysis.measures import Measure
from semantic_tokens.errors import InputError
from semantic_tokens.siblings.probing import degradation, ner_probe, retrieval, similarity
from semantic_tokens.siblings.probing.all_layers import METHODS, States, measure_layers, project_layers
from semantic_tokens.siblings.probing.sentence_probe import sentence_probe
from semantic_tokens.tables import NER_TAGS

N, DIM = 120, 24
LANGS = ("en", "sw", "zh")
PAIRS = {"en-sw": (np.arange(N), N + np.arange(N)), "en-zh": (np.arange(N), 2 * N + np.arange(N))}
SENTENCE = np.tile(np.arange(N), 3)
TRAINS = SENTENCE % 2 == 0


def noise(n=3 * N, dim=DIM, seed=0):
    return np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)


def translations():
    """The same vector for a meaning in each of three languages."""
    return np.tile(noise(N), (3, 1))


def by_subject(measures, name):
    return {measure.subject: measure for measure in measures if measure.measure == name}


def word_pairs():
    parts = [pd.DataFrame({"subject": subject, "a": a, "b": b}) for subject, (a, b) in PAIRS.items()]
    return pd.concat(parts, ignore_index=True)


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


def test_the_late_drop_is_of_what_is_above_chance():
    rows = [(0.1, 0.1), (0.6, 0.2), (0.9, 0.8)]
    measures = [Measure("word_similarity", "", value, 9, i, chance=chance) for i, (value, chance) in enumerate(rows)]
    measures += [Measure("word_similarity", "en-sw", 1.0, 9, 2), Measure("anisotropy", "", 1.0, 9, 0)]
    drop, fall = degradation.late_layers(measures)
    assert (drop.measure, drop.subject, drop.layer) == ("late_layer_drop", "word_similarity", 1)
    assert (fall.measure, fall.subject, fall.layer) == ("late_layer_fall", "word_similarity", 1)
    assert drop.value == fall.value == pytest.approx(0.4 - 0.1)


def test_a_fall_is_negative_where_the_last_layer_is_better_than_the_middle_one():
    values = 0.9, 0.5, 0.4, 0.5, 0.8
    measures = [Measure("ner_probe_f1", "", value, 9, layer, chance=0.1) for layer, value in enumerate(values)]
    drop, fall = degradation.late_layers(measures)
    assert (drop.layer, drop.value) == (0, pytest.approx(0.1)) and (fall.layer, fall.value) == (2, pytest.approx(-0.4))


def test_intervals():
    values = np.random.default_rng(1).normal(3, 2, 10_000)
    low, high = intervals.of_mean(values)
    assert high - low == pytest.approx(2 * 1.96 * 2 / 100, rel=0.05) and low < 3 < high
    low, high = intervals.of_share(0.8, 10)
    assert (low, high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4)), "Wilson's, by hand"


def test_retrieval_counts_each_sentence_once():
    vectors = translations()
    vectors[N : N + N // 2] = -vectors[N : N + N // 2]
    found = by_subject(retrieval.parallel_retrieval(vectors, PAIRS, 0), "parallel_retrieval")["en-sw"]
    half = intervals.of_share(N // 2 / N, N)
    assert found.high - found.low == pytest.approx(half[1] - half[0], rel=0.02), "not of twice as many trials"


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


def tagged(n_sentences=40, n_types=30, seed=0):
    """`ner` and its words: sentences of eight words in two languages; the tag of a word follows from its type."""
    rng = np.random.default_rng(seed)
    tags = [NER_TAGS[i] for i in rng.choice([0, 0, 0, 1, 3, 5], n_types)]
    rows = []
    for lang in ("en", "sw"):
        for split in ("train", "test"):
            for _ in range(n_sentences):
                types = rng.integers(0, n_types, 8)
                rows.append(
                    {
                        "lang": lang,
                        "split": split,
                        "tokens": [f"{lang}{i}" for i in types],
                        "tags": [tags[i] for i in types],
                    }
                )
    ner = pd.DataFrame(rows)
    text, place = np.repeat(np.arange(len(ner)), 8), np.tile(np.arange(8), len(ner))
    return ner, ner_probe.words_with_vectors(ner, text, place)


def test_the_ner_probe_reads_tags_and_its_control_does_not():
    ner, words = tagged()
    one_hot = np.eye(len(NER_TAGS), dtype=np.float32)[words["tag"]]
    measures = list(ner_probe.ner_probe(one_hot, words, ner, 0, seed=0))
    accuracy, f1 = by_subject(measures, "ner_probe_accuracy"), by_subject(measures, "ner_probe_f1")
    assert list(accuracy) == ["en", "sw", ""] and all(m.value == 1 for m in (*accuracy.values(), *f1.values()))
    assert accuracy[""].n == 2 * 40 * 8 and f1["en"].n == 40
    control = by_subject(measures, "ner_control_accuracy")[""]
    assert control.value < accuracy[""].value - 0.2, "a tag does not tell which word it is"
    assert by_subject(measures, "ner_selectivity")[""].value == pytest.approx(1 - control.value)
    share = (words.loc[words["split"] == "test", "tag"] == 0).mean()
    assert accuracy[""].chance == pytest.approx(share), "O is the most frequent tag"


def test_the_control_task_is_learnt_by_heart_where_vectors_name_words():
    ner, words = tagged()
    types, each = np.unique(words["word"], return_inverse=True)
    one_hot = np.eye(len(types), dtype=np.float32)[each]
    measures = list(ner_probe.ner_probe(one_hot, words, ner, 0, seed=0))
    assert by_subject(measures, "ner_control_accuracy")[""].value > 0.95
    assert abs(by_subject(measures, "ner_selectivity")[""].value) < 0.05


def test_noise_gives_both_ner_probes_chance():
    ner, words = tagged()
    measures = list(ner_probe.ner_probe(noise(len(words)), words, ner, 0, seed=0))
    for name in ("ner_probe_accuracy", "ner_control_accuracy"):
        found = by_subject(measures, name)[""]
        assert found.value <= found.chance + 0.03


def test_a_type_has_one_control_tag_drawn_as_tags_occur():
    _, words = tagged(n_types=400, n_sentences=400)
    control = ner_probe.control_tags(words, seed=0)
    by_type = pd.DataFrame({"type": words["lang"] + words["word"], "tag": control}).groupby("type")["tag"].nunique()
    assert (by_type == 1).all()
    assert (control == 0).mean() == pytest.approx((words["tag"] == 0).mean(), abs=0.08)
    assert (control != words["tag"]).mean() > 0.3
    assert (ner_probe.control_tags(words, seed=1) != control).any()


def test_a_word_without_a_vector_is_predicted_o():
    ner, words = tagged()
    words = words[words["place"] != 0].reset_index(drop=True)
    one_hot = np.eye(len(NER_TAGS), dtype=np.float32)[words["tag"]]
    f1 = by_subject(ner_probe.ner_probe(one_hot, words, ner, 0, seed=0), "ner_probe_f1")[""]
    assert 0.7 < f1.value < 1


def collapsing(n_layers=4):
    """Layers of rank 24 but the last, in which all vectors are nearly the same."""
    layers = [noise(seed=0) + 0.1 * noise(seed=i) for i in range(n_layers)]
    layers[-1] = 10 + 0.05 * np.outer(noise(3 * N, 1)[:, 0], noise(1, DIM, 9)[0]).astype(np.float32)
    return np.stack(layers)


def test_a_collapsed_layer_shows():
    layers = collapsing()
    found = [
        {m.measure: m.value for m in degradation.state_statistics(layer, layers[i - 1] if i else None, i)}
        for i, layer in enumerate(layers)
    ]
    assert "layer_cka" not in found[0] and "layer_cosine" not in found[0]
    healthy, collapsed = found[2], found[3]
    assert abs(healthy["anisotropy"]) < 0.05 and collapsed["anisotropy"] > 0.99
    assert healthy["effective_rank"] > 0.8 * DIM and collapsed["effective_rank"] < 1.01
    assert healthy["participation_ratio"] > 0.7 * DIM and collapsed["participation_ratio"] < 1.01
    assert healthy["layer_cka"] > 0.95 and collapsed["layer_cka"] < 0.3
    assert healthy["layer_cosine"] > 0.95 and abs(collapsed["layer_cosine"]) < 0.2
    assert collapsed["state_norm"] == pytest.approx(10 * DIM**0.5, rel=0.01)


def test_statistics_against_their_definitions():
    x = noise(30)
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    pairs = [unit[i] @ unit[j] for i in range(30) for j in range(i)]
    assert degradation.mean_cosine(x) == pytest.approx(np.mean(pairs), abs=1e-6)
    eigenvalues = np.linalg.eigvalsh(np.cov(x.T.astype(np.float64)))
    found = {m.measure: m for m in degradation.state_statistics(x, x, 1)}
    share = eigenvalues / eigenvalues.sum()
    assert found["effective_rank"].value == pytest.approx(np.exp(-(share * np.log(share)).sum()), rel=1e-6)
    assert found["participation_ratio"].value == pytest.approx(
        eigenvalues.sum() ** 2 / (eigenvalues**2).sum(), rel=1e-6
    )
    assert found["layer_cka"].value == pytest.approx(1) and found["layer_cosine"].value == pytest.approx(1)


def test_one_dimension_that_outweighs_the_others():
    x = noise()
    x[:, 7] *= 30
    share = {m.measure: m for m in degradation.state_statistics(x, None, 0)}["top_dimension_share"]
    assert share.value > 0.95 and share.chance == 1 / DIM


def test_cka_sees_through_rotation_and_scale_and_not_through_noise():
    x = noise().astype(np.float64)
    turned, _ = np.linalg.qr(noise(DIM, DIM, 5).astype(np.float64))
    assert degradation.linear_cka(x, 3 * x @ turned + 1) == pytest.approx(1)
    assert degradation.linear_cka(x, noise(seed=8)) < 0.2


def test_constant_vectors_have_no_rank_to_speak_of():
    found = {m.measure: m.value for m in degradation.state_statistics(np.ones((9, 4)), np.ones((9, 4)), 1)}
    assert found["anisotropy"] == pytest.approx(1) and found["effective_rank"] == found["participation_ratio"] == 1
    assert found["layer_cka"] == 0 and all(np.isfinite(value) for value in found.values())


def sentence_items():
    return pd.DataFrame({"lang": np.repeat(LANGS, N), "sentence_id": list(map(str, range(N))) * 3, "text": "x"})


def word_items():
    meaning = [f"m{i}" if i < 8 else "" for i in range(N)] * 3
    return pd.DataFrame({"lang": np.repeat(LANGS, N), "text": "x", "meaning": meaning})


def test_all_layers_and_the_late_drop():
    layers = np.stack([noise(), translations(), translations() + noise(seed=4)])
    ner, words = tagged(10)
    one_hot = np.eye(len(NER_TAGS), dtype=np.float32)[words["tag"]]
    tagged_states = States(words, np.stack([one_hot] * 3))
    states = States(word_items(), layers), word_pairs(), States(sentence_items(), layers)
    measures = measure_layers(*states, (tagged_states, ner), seed=0)
    kinds = {m.measure for m in measures}
    assert {"word_similarity", "parallel_retrieval", "sentence_probe_accuracy", "ner_probe_f1", "anisotropy"} < kinds
    keys = [(m.measure, m.subject, m.layer) for m in measures]
    assert len(set(keys)) == len(keys)
    drops = by_subject(measures, "late_layer_drop")
    assert set(drops) == set(degradation.DROPS)
    assert drops["parallel_retrieval"].layer == 1 and drops["parallel_retrieval"].value > 0.2
    assert drops["ner_probe_f1"].value == 0
    assert [(m.measure, m.value) for m in measure_layers(*states, (tagged_states, ner), seed=0)] == [
        (m.measure, m.value) for m in measures
    ]
    assert not any(m.measure.startswith("ner_") for m in measure_layers(*states, None, seed=0))


def test_projections_of_chosen_layers():
    layers = np.stack([noise(seed=i) for i in range(5)])
    states = States(word_items(), layers), States(sentence_items(), layers)
    points = project_layers(*states, None, seed=0)
    assert sorted(points["layer"].unique()) == [0, 2, 4] and set(points["method"]) == set(METHODS)
    shown = points[(points["kind"] == "words") & (points["layer"] == 0) & (points["method"] == "PCA")]
    assert len(shown) == 8 * 3 and "" not in set(shown["meaning"])
    sentences = points[(points["kind"] == "sentences") & (points["layer"] == 4) & (points["method"] == "t-SNE")]
    assert len(sentences) == 30 * 3 and sentences["meaning"].nunique() == 30
    few = States(word_items().assign(meaning=["m"] * 3 + [""] * (3 * N - 3)), layers)
    assert set(project_layers(few, states[1], [0], seed=0)["kind"]) == {"sentences"}, "three points are no picture"


def test_layers_that_a_model_has_not_are_told(caplog):
    caplog.set_level("INFO")
    layers = np.stack([noise(seed=i) for i in range(5)])
    states = States(word_items(), layers), States(sentence_items(), layers)
    assert sorted(project_layers(*states, [1, 4, 9], seed=0)["layer"].unique()) == [1, 4]
    assert "layers [9] are not pictured: the model has 0 to 4" in caplog.text
    with pytest.raises(InputError, match=r"probing.layers = \[9\]: the model has layers 0 to 4"):
        project_layers(*states, [9], seed=0)
