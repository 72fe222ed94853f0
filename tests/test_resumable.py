"""The file that a run resumes from: whole whoever else writes it, and of this run only."""

import pytest
import torch

from semantic_tokens import resumable


def test_a_run_gets_what_it_saved_and_no_other_run_does(tmp_path, caplog):
    path = tmp_path / "checkpoints" / "run.pt"
    assert resumable.load(path, "a") is None
    resumable.save(path, "a", {"weights": torch.arange(3), "losses": [0.5]})
    content = resumable.load(path, "a")
    assert content["weights"].tolist() == [0, 1, 2] and content["losses"] == [0.5]
    with caplog.at_level("INFO"):
        assert resumable.load(path, "b") is None
    assert "belongs to another run" in caplog.text


def test_two_processes_that_write_at_once_leave_one_whole_file(tmp_path, monkeypatch):
    path, write = tmp_path / "run.pt", torch.save

    def meanwhile(content, temporary):
        write(content, temporary)
        if content["losses"] == [1.0]:
            resumable.save(path, "a", {"losses": [2.0]})

    monkeypatch.setattr(torch, "save", meanwhile)
    resumable.save(path, "a", {"losses": [1.0]})
    assert resumable.load(path, "a")["losses"] == [1.0]
    assert list(tmp_path.iterdir()) == [path]


def test_a_failing_save_leaves_the_file_before(tmp_path, monkeypatch):
    path = tmp_path / "run.pt"
    resumable.save(path, "a", {"losses": [1.0]})

    def full(content, temporary):
        temporary.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(OSError, match="disk full"):
        resumable.save(path, "a", {"losses": [2.0]})
    assert resumable.load(path, "a")["losses"] == [1.0]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("damaged", [b"", b"half of", b"PK"])
def test_a_damaged_file_is_named_in_the_log_and_not_used(damaged, tmp_path, caplog):
    path = tmp_path / "run.pt"
    path.write_bytes(damaged)
    with caplog.at_level("WARNING"):
        assert resumable.load(path, "a") is None
    assert f"{path}: damaged" in caplog.text and "starts anew" in caplog.text
