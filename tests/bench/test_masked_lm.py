"""The rows mlm-step-* of `make bench`: the same steps on both sides, and no model left when peaks are measured."""

import gc
import weakref

import pytest
import torch

from semantic_tokens.bench import masked_lm
from semantic_tokens.bench.comparison import compare
from semantic_tokens.bench.masked_lm import Setup, _setup

TINY = Setup(vocabulary=300, dim=64, layers=1, batch=2, device="cpu")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """A small model that learns from the second step on, not after a warm-up of 250."""
    schedule = masked_lm._schedule(TINY).model_copy(update={"steps": 100, "learning_rate": 1e-3})
    monkeypatch.setattr(masked_lm, "_setup", lambda name, full: TINY)
    monkeypatch.setattr(masked_lm, "_schedule", lambda setup: schedule)
    return schedule


def test_ours_and_the_library_take_the_same_steps():
    ours, library = masked_lm.ours(TINY), masked_lm.library(TINY)
    losses = [(ours(), library()) for _ in range(5)]
    for loss, wanted in losses:
        assert loss == pytest.approx(wanted, abs=1e-5)
    assert losses[-1][0] < losses[0][0] - 0.1, "no step has changed the weights"


def test_the_row_compares_steps_one_by_one(monkeypatch):
    monkeypatch.setattr(masked_lm, "_peak_of_a_fresh_process", lambda which, name, full: 1.0 + (which == "library"))
    row = compare(masked_lm.comparison("mlm-step-05", full=False), pairs=3)
    assert row.same_result and row.result_difference <= 1e-5
    speeds = {"ours_steps_per_s": 1 / row.ours_s, "peer_steps_per_s": 1 / row.peer_s}
    assert row.measures == {"ours_peak_mib": 1, "peer_peak_mib": 2} | speeds
    assert row.name == "mlm-step-05" and "full logit matrix" in row.peer


def test_another_learning_rate_is_noticed(monkeypatch, quick):
    monkeypatch.setattr(masked_lm, "_peak_of_a_fresh_process", lambda which, name, full: 0.0)
    schedules = iter([quick, quick.model_copy(update={"learning_rate": 2e-3})])
    monkeypatch.setattr(masked_lm, "_schedule", lambda setup: next(schedules))
    assert not compare(masked_lm.comparison("mlm-step-100", full=False), pairs=3).same_result


def test_the_timed_models_are_gone_when_peaks_are_measured(monkeypatch):
    alive, seen = [], []

    def model(setup, make=masked_lm._model):
        made = make(setup)
        alive.append(weakref.ref(made))
        return made

    def peak(which, name, full):
        gc.collect()
        seen.extend(one() is not None for one in alive)
        return 0.0

    monkeypatch.setattr(masked_lm, "_model", model)
    monkeypatch.setattr(masked_lm, "_peak_of_a_fresh_process", peak)
    compare(masked_lm.comparison("mlm-step-100", full=False), pairs=1)
    assert len(alive) == 2 and seen == [False] * 4


def test_the_shapes_are_mberts():
    whole, reduced = (_setup(name, full=True) for name in ("mlm-step-100", "mlm-step-05"))
    assert (whole.vocabulary, whole.dim, whole.layers) == (119_547, 768, 12)
    assert reduced.vocabulary == round(0.05 * whole.vocabulary)
    assert (whole.device == "cuda") == torch.cuda.is_available()
