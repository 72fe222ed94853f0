"""The rows of `make bench` on tasks: both sides do the same work, and a row would tell if they did not."""

import numpy as np
import pytest
import torch

pytest.importorskip("sentence_transformers")  # installed by `make bench` alone

from semantic_tokens.bench import encoding, fine_tuning, inputs, tasks
from semantic_tokens.bench.comparison import compare
from semantic_tokens.bench.fine_tuning import Trained
from semantic_tokens.bench.rows import rows as all_rows

TINY = inputs.Workload(vocabulary=305, dim=16, layers=1, heads=2, passages=150, pairs=80)


@pytest.fixture
def rows(monkeypatch):
    monkeypatch.setattr(tasks, "SMALL", TINY)
    return {name: tasks.comparison(name, False) for name, topic in all_rows(False).items() if topic == "tasks"}


def test_all_rows_do_the_work_of_their_peers(rows):
    assert list(rows) == [
        "finetune-nli-padded",
        "finetune-nli-dynamic",
        "encode-sentence-transformers",
        "encode-padded",
    ]
    for name, row in rows.items():
        assert row.name == name
        ours, theirs = row.ours(), row.theirs()
        assert 0 <= row.difference(ours, theirs) <= row.allowed
    assert ours.shape == (150, 16) and ours.std() > 0
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(ours, np.roll(ours, 1, 0), atol=1e-3)


def test_fewer_examples_are_not_the_same_work(rows):
    row = rows["finetune-nli-padded"]
    assert row.ours() == Trained(examples=80, updates=2)
    assert row.difference(Trained(80, 2), Trained(79, 2)) == np.inf
    assert row.difference(Trained(80, 2), Trained(80, 2)) <= row.allowed


def test_no_side_sets_up_in_the_timing(rows, monkeypatch):
    def built_in_the_timing(*_, **__):
        raise AssertionError("this was to be ready before")

    for module, names in (
        (fine_tuning, ("pairs_of", "examples", "collator")),
        (encoding, ("encoder_of", "library_of")),
    ):
        for name in names:
            monkeypatch.setattr(module, name, built_in_the_timing)
    monkeypatch.setattr(encoding.AutoTokenizer, "from_pretrained", built_in_the_timing)
    for row in rows.values():
        assert compare(row, pairs=1).same_result


def test_the_first_loss_depends_on_the_pairs():
    pairs, model = fine_tuning.pairs_of(TINY), fine_tuning.classifier(TINY, "cpu")
    with torch.no_grad():
        losses = [float(fine_tuning.loss_ours(model, pairs, np.arange(i, i + 20))) for i in (0, 20)]
    assert abs(losses[0] - losses[1]) > 1e-4


def test_vectors_differ_from_text_to_text():
    vectors = encoding.encode_ours(encoding.encoder_of(TINY, "cpu"), encoding.texts_of(TINY))
    assert np.abs(vectors - vectors[0]).max(1)[1:].min() > 0.01


def test_lengths_are_as_said():
    for median, sigma, longest in (inputs.MIRACL, inputs.XNLI):
        lengths = inputs.lengths_of_texts((median, sigma, longest), 20_000, 0)
        assert np.median(lengths) == pytest.approx(median, rel=0.03)
        assert lengths.max() == longest and lengths.min() >= 8 and (lengths == longest).mean() < 0.06
