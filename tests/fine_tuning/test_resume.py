"""A fine-tuning that is stopped and called again gives the bits of an uninterrupted one."""

import pytest
import torch

from semantic_tokens.fine_tuning import training
from semantic_tokens.fine_tuning.plan import UpdatePlan
from semantic_tokens.resumable import Checkpoint, identity_of
from semantic_tokens.tasks import nli
from support.toy_examples import TOYS, torch_bytes
from support.toy_tasks import run, settings


class Stopped(BaseException):
    pass


@pytest.fixture
def stop_after(monkeypatch):
    """A function: let that many updates be done, then stop before the optimizer takes the next."""
    clip = training.clip_gradients

    def set_to(n):
        calls = iter(range(n))

        def clip_or_stop(*given):
            if next(calls, None) is None:
                raise Stopped
            clip(*given)

        monkeypatch.setattr(training, "clip_gradients", clip_or_stop)

    return set_to


def score(task, checkpoint=None, models=None, **changed):
    make, train = TOYS[task]
    tables = make()
    chosen = settings(**{"epochs": 2, "max_length": 24, "batch_size": 8} | changed)
    given = {"plan": UpdatePlan(micro_batch=3), "checkpoint": checkpoint}
    return run(task, tables, train(tables), chosen, seen=models, score=given, dropout=0.1)


@pytest.mark.parametrize("task", TOYS, ids=lambda task: task.__name__.rsplit(".")[-1])
@pytest.mark.parametrize("done", ["none", "one", "an epoch", "all but one"])
def test_a_stopped_training_resumes_to_the_same_bits(task, done, tmp_path, stop_after, caplog):
    models, n_updates = [], []
    through = Checkpoint(tmp_path / "a.pt", lambda: "a", 0)
    through.save_when_due = lambda content: n_updates.append(content()["schedule"]["last_epoch"])
    expected = score(task, through, models)
    assert n_updates == list(range(len(n_updates))) and len(n_updates) % 2 == 0
    n = {"none": 0, "one": 1, "an epoch": len(n_updates) // 2, "all but one": len(n_updates) - 1}[done]
    stop_after(n)
    with pytest.raises(Stopped):
        score(task, Checkpoint(tmp_path / "b.pt", lambda: "b", 0))
    stop_after(len(n_updates) - n)  # and no update is done twice
    torch.rand(13)  # the global generator's state must not matter
    with caplog.at_level("INFO"):
        assert score(task, Checkpoint(tmp_path / "b.pt", lambda: "b", 1e9), models) == expected
    assert f"resumed after {n} updates from {tmp_path / 'b.pt'}" in caplog.text
    assert torch_bytes(models[0]) == torch_bytes(models[-1])
    losses = [record.getMessage() for record in caplog.records if "mean loss" in record.getMessage()]
    caplog.clear()
    with caplog.at_level("INFO"):
        stop_after(len(n_updates))
        score(task)
    assert losses == [r.getMessage() for r in caplog.records if "mean loss" in r.getMessage()][-len(losses) :]


def test_a_checkpoint_of_another_run_is_not_taken_up(tmp_path, stop_after):
    stop_after(3)
    with pytest.raises(Stopped):
        score(nli, Checkpoint(tmp_path / "a.pt", lambda: "one", 0), learning_rate=1e-2)
    stop_after(1000)
    models = []
    score(nli, Checkpoint(tmp_path / "a.pt", lambda: "other", 1e9), models)
    score(nli, None, models)
    assert torch_bytes(models[0]) == torch_bytes(models[1])


def test_a_short_training_writes_nothing_and_is_not_identified(tmp_path):
    def never():
        raise AssertionError

    score(nli, Checkpoint(tmp_path / "a.pt", never), epochs=1)
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_is_written_as_often_as_it_is_due(tmp_path, monkeypatch):
    clock, written = [0.0], []
    monkeypatch.setattr("semantic_tokens.resumable.time.monotonic", lambda: clock[0])
    own = Checkpoint(tmp_path / "a.pt", lambda: "one", 10)
    for now in (3, 9, 10, 12, 19, 20, 45, 50):
        clock[0] = now
        own.save_when_due(lambda now=now: written.append(now) or {"now": now})
    assert written == [10, 20, 45]
    assert Checkpoint(tmp_path / "a.pt", lambda: "one").load()["now"] == 45
    assert Checkpoint(tmp_path / "a.pt", lambda: "two").load() is None
    assert Checkpoint(tmp_path / "b.pt", lambda: "one").load() is None


def test_an_identity_is_of_what_files_hold_and_of_the_settings(tmp_path):
    a, b, c = (tmp_path / name for name in "abc")
    for path, text in ((a, "one"), (b, "two"), (c, "one")):
        path.write_text(text)
    found = identity_of([a, b], {"x": 1})
    assert found == identity_of([c, b], {"x": 1})
    others = [([b, a], {"x": 1}), ([a], {"x": 1}), ([a, b], {"x": 2}), ([a, c], {"x": 1})]
    assert len({found, *(identity_of(*other) for other in others)}) == 5
