"""Marks of living processes, which no kill leaves behind."""

import subprocess
import sys
from pathlib import Path

import pytest

from semantic_tokens import in_use

HOLDER = """
import sys, time
from pathlib import Path
from semantic_tokens import in_use

if sys.argv[1] == "draft":
    held = in_use.draft(Path(sys.argv[2]), "other-")
    print(held.__enter__(), flush=True)
else:
    held = in_use.Presence(Path(sys.argv[2]))
    print(held.killed_before, flush=True)
time.sleep(600)
"""


@pytest.fixture
def begin():
    started = []

    def run(kind: str, path: Path) -> tuple[subprocess.Popen, str]:
        command = [sys.executable, "-c", HOLDER, kind, str(path)]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        return started[-1], started[-1].stdout.readline().strip()

    yield run
    for process in started:
        process.kill()
        process.wait()


def killed(process: subprocess.Popen) -> None:
    process.kill()
    process.wait()


def test_a_draft_is_removed_in_the_end_also_after_an_error(tmp_path):
    with pytest.raises(ValueError), in_use.draft(tmp_path, "mine-") as folder:
        (folder / "half").touch()
        raise ValueError
    assert list(tmp_path.iterdir()) == []


def test_a_new_draft_removes_those_of_killed_processes_and_no_other(begin, tmp_path):
    process, folder = begin("draft", tmp_path)
    with in_use.draft(tmp_path):
        assert Path(folder).is_dir(), "its process lives"
    killed(process)
    (tmp_path / ".partial-of-something-else").mkdir()
    with in_use.draft(tmp_path):
        assert not Path(folder).exists()
    assert [path.name for path in tmp_path.iterdir()] == [".partial-of-something-else"]


def test_a_draft_of_another_machine_is_left(begin, tmp_path):
    process, folder = begin("draft", tmp_path)
    killed(process)
    (Path(folder) / ".in-use").write_text("elsewhere")
    in_use.clear_below(tmp_path.parent)
    assert Path(folder).is_dir()


def test_only_a_killed_presence_that_left_nobody_is_one_to_clean_up_after(begin, tmp_path):
    mark = tmp_path / "work/in-use"
    first, found = begin("presence", mark)
    assert found == "False"
    second, found = begin("presence", mark)
    assert found == "False", "the first lives"
    killed(first)
    assert not in_use.Presence(mark).killed_before, "the second lives"
    killed(second)
    third, found = begin("presence", mark)
    assert found == "True"
    killed(third)
    mark.write_text("elsewhere")
    assert not in_use.Presence(mark).killed_before, "of a run on another machine nothing is known"


def test_who_leaves_in_order_leaves_nothing_to_clean_up(tmp_path):
    in_use.Presence(tmp_path / "in-use").leave()
    assert not in_use.Presence(tmp_path / "in-use").killed_before
