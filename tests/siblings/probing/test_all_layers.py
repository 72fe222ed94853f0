"""All measures of all layers together, and the layers that are pictured."""

import numpy as np
import pandas as pd
import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.siblings.probing import degradation
from semantic_tokens.siblings.probing.all_layers import METHODS, States, measure_layers, project_layers
from semantic_tokens.tables import NER_TAGS
from support.toy_vectors import LANGS, N, by_subject, noise, tagged, translations, word_pairs


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
