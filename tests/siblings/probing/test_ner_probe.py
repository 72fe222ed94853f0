"""The probe of entity tags and its control, on vectors that name tags or words."""

import numpy as np
import pandas as pd
import pytest

from semantic_tokens.siblings.probing import ner_probe
from semantic_tokens.tables import NER_TAGS
from support.toy_vectors import by_subject, noise, tagged


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
