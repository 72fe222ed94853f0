"""Killed K-Means resumes to the result of an uninterrupted run; a file of another run is left alone."""

import numpy as np
import pytest
import torch

from semantic_tokens.grouping.group import group
from semantic_tokens.grouping.inputs import GroupingInputs
from semantic_tokens.grouping.kmeans import spherical_kmeans as module
from semantic_tokens.grouping.kmeans.checkpoint import KMeansCheckpoint
from semantic_tokens.grouping.kmeans.spherical_kmeans import spherical_kmeans
from semantic_tokens.grouping.vocabulary import Vocabulary

ROWS = torch.from_numpy(np.random.default_rng(0).normal(size=(300, 8)).astype(np.float32))


class Killed(Exception):
    pass


def kill_after(iterations: int, monkeypatch: pytest.MonkeyPatch) -> None:
    saved = KMeansCheckpoint.save

    def save(self, assignment, objective):
        saved(self, assignment, objective)
        if len(objective) == iterations:
            raise Killed

    monkeypatch.setattr(KMeansCheckpoint, "save", save)


@pytest.mark.parametrize("metric", ["cosine", "l2"])
@pytest.mark.parametrize("backend", ["torch", "faiss"])
def test_a_killed_run_resumes_to_the_same_assignment(metric, backend, tmp_path, monkeypatch):
    path, arguments = tmp_path / "group.pt", {"metric": metric, "seed": 0, "max_iterations": 100, "backend": backend}
    whole = spherical_kmeans(ROWS, 40, **arguments)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        kill_after(3, patch)
        spherical_kmeans(ROWS, 40, **arguments, checkpoint=path)
    iterations = []
    monkeypatch.setattr(module, "refit", lambda *given: iterations.append(1) or refit(*given))
    resumed = spherical_kmeans(ROWS, 40, **arguments, checkpoint=path)
    assert torch.equal(resumed.assignment, whole.assignment) and resumed.objective == whole.objective
    assert len(iterations) == whole.iterations - 3  # the one that takes up the file included, the last moves nothing
    assert [file.name for file in tmp_path.iterdir()] == ["group.pt"]


refit = module.refit


def test_a_file_of_another_run_is_not_used(tmp_path):
    path, changed = tmp_path / "group.pt", ROWS.clone()
    changed[7, 3] += 1e-3
    given = {"k": 40, "metric": "cosine", "seed": 0, "max_iterations": 4}
    for rows, other in ((changed, {}), (ROWS, {"k": 39}), (ROWS, {"metric": "l2"}), (ROWS, {"seed": 1})):
        spherical_kmeans(ROWS, **given, checkpoint=path)
        fresh, resumed = (spherical_kmeans(rows, **given | other, checkpoint=file) for file in (None, path))
        assert torch.equal(fresh.assignment, resumed.assignment) and fresh.objective == resumed.objective
    spherical_kmeans(ROWS, **given, checkpoint=path)
    assert spherical_kmeans(ROWS, **given | {"max_iterations": 2}, checkpoint=path).iterations == 2


def test_a_file_of_other_code_is_not_used(tmp_path, caplog):
    words = Vocabulary(tuple(f"w{i}" for i in range(300)), (0, 1), (), "wordpiece")
    given = {"n_groups": 40, "token_languages": None, "seed": 0}
    said = []
    for code in "aab":
        with caplog.at_level("INFO"):
            inputs = GroupingInputs(ROWS, words, **given, checkpoint=tmp_path / "group.pt", code=code)
            group("kmeans-cosine", inputs, max_iterations=4)
        said.append(("resumed after iteration 3" in caplog.text, "another run" in caplog.text))
        caplog.clear()
    assert said == [(False, False), (True, False), (False, True)]


def test_another_start_is_another_run(tmp_path):
    path = tmp_path / "group.pt"
    for init in (ROWS[:40], ROWS[40:80]):
        given = spherical_kmeans(ROWS, 40, seed=0, max_iterations=3, init=init, checkpoint=path)
        assert torch.equal(given.assignment, spherical_kmeans(ROWS, 40, seed=0, max_iterations=3, init=init).assignment)
