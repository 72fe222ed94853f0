"""Collapsed layers, late drops, and the statistics of states against their definitions."""

import numpy as np
import pytest

from semantic_tokens.analysis.measures import Measure
from semantic_tokens.siblings.probing import degradation
from support.toy_vectors import DIM, N, noise


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
