"""The seam between Snakemake and the library, driven in a separate process as Snakemake does."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
from types import SimpleNamespace
from semantic_tokens.errors import InputError
from semantic_tokens.workflow.step import step

class Named(dict):
    __getattr__ = dict.__getitem__

snakemake = SimpleNamespace(
    rule="make", log=["logs/make.log"], params=Named(threads=3), input=Named(), wildcards=Named(), resources=Named(GPU),
    output=Named(one="out/one.txt", two="out/two.txt"),
)
with step(snakemake) as job:
    BODY
"""


def run(
    folder: Path, *body: str, gpu: str = "", script: str = SCRIPT, **environment: str
) -> subprocess.CompletedProcess:
    (folder / "script.py").write_text(script.replace("BODY", "\n    ".join(body)).replace("GPU", gpu))
    return subprocess.run(
        [sys.executable, "script.py"], cwd=folder, env=os.environ | environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


WRITE = ('job.output.one.write_text("1")', 'job.output.two.write_text("2")')


def test_outputs_appear_under_their_names_when_the_step_ends(tmp_path):
    done = run(tmp_path, *WRITE, "import pathlib; assert not pathlib.Path('out/one.txt').exists()")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["one.txt", "two.txt"]


def test_a_failing_step_leaves_nothing_but_its_traceback_in_the_log(tmp_path):
    failed = run(tmp_path, *WRITE, 'raise InputError("table ner, row 3: unknown tag")')
    assert failed.returncode == 1
    assert list((tmp_path / "out").iterdir()) == []
    assert "make failed: table ner, row 3: unknown tag" in failed.stderr and "logs/make.log" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert "Traceback" in (tmp_path / "logs/make.log").read_text()


def test_a_checkpoint_goes_when_the_step_has_succeeded_and_only_then(tmp_path):
    file, folder = tmp_path / "checkpoints/one.pt", tmp_path / "checkpoints/many"
    folder.mkdir(parents=True)
    for path in (file, folder / "ner.pt"):
        path.touch()
    script = SCRIPT.replace("threads=3", "threads=3, checkpoint='checkpoints/one.pt', checkpoints='checkpoints/many'")
    assert run(tmp_path, *WRITE, "raise InputError('killed')", script=script).returncode == 1
    assert file.exists() and (folder / "ner.pt").exists()
    assert run(tmp_path, *WRITE, script=script).returncode == 0
    assert not file.exists() and not folder.exists()
    assert run(tmp_path, *WRITE, script=script).returncode == 0, "a short step may have left none"


def test_an_output_that_was_not_written_is_an_error(tmp_path):
    failed = run(tmp_path, WRITE[0])
    assert failed.returncode == 1 and "two.txt" in failed.stderr
    assert list((tmp_path / "out").iterdir()) == []


def test_everything_printed_goes_to_the_log_native_output_included_and_retries_append(tmp_path):
    body = ('print("from python", flush=True)', 'import os; os.system("echo from a child")', *WRITE)
    done = run(tmp_path, *body)
    run(tmp_path, *body)
    assert done.stdout == "" and done.stderr == ""
    log = (tmp_path / "logs/make.log").read_text()
    assert log.count("from python") == 2 and log.count("from a child") == 2


def test_threads_come_from_the_parameter(tmp_path):
    run(tmp_path, "import os; print(os.environ['OMP_NUM_THREADS'], flush=True)", *WRITE)
    assert "\n3\n" in (tmp_path / "logs/make.log").read_text()


def test_a_step_that_is_told_to_end_leaves_no_output(tmp_path):
    ended = run(tmp_path, *WRITE, "import os, signal", "os.kill(os.getpid(), signal.SIGTERM)", "print('later')")
    assert ended.returncode == 143
    assert list((tmp_path / "out").iterdir()) == []
    assert "later" not in (tmp_path / "logs/make.log").read_text()


def test_what_a_killed_step_left_behind_is_in_nobodys_way(tmp_path):
    assert run(tmp_path, *WRITE, "import os", "os.kill(os.getpid(), 9)").returncode == -9
    assert run(tmp_path, *WRITE).returncode == 0
    assert (tmp_path / "out/one.txt").read_text() == "1"


def test_only_a_step_whose_rule_asks_for_a_gpu_gets_one(tmp_path):
    driver = tmp_path / "nvidia-smi"
    driver.write_text("#!/bin/sh\necho 'GPU 0: made up (UUID: GPU-12-ab)'\n")
    driver.chmod(0o755)
    machine = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "TMPDIR": str(tmp_path)}
    tell = "import os; print('device', os.environ.get('CUDA_VISIBLE_DEVICES'), flush=True)"
    log = tmp_path / "logs/make.log"
    for gpu, printed in (("", "device None"), ("gpu=0", "device None"), ("gpu=1", "device GPU-12-ab")):
        log.unlink(missing_ok=True)
        assert run(tmp_path, tell, *WRITE, gpu=gpu, **machine).returncode == 0
        assert printed in log.read_text().splitlines()


INPUTS = SCRIPT.replace("input=Named()", "input=['mine/tokens.npy', 'results/a/tokens.npy']")


def test_a_damaged_input_is_named_whatever_the_step_says_of_it(tmp_path):
    for folder in ("mine", "results/a"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "tokens.npy").touch()
    failed = run(tmp_path, "raise OSError('Unexpected end of stream')", script=INPUTS)
    named = "make failed: results/a/tokens.npy: damaged (EOFError: "
    assert named in failed.stderr and "delete it to have it made again" in failed.stderr


def test_an_error_of_sound_inputs_is_told_as_it_is(tmp_path):
    failed = run(tmp_path, "raise OSError('out of order')", script=INPUTS)
    assert "make failed: OSError: out of order" in failed.stderr


def test_a_full_disk_is_told_as_such_with_the_folder(tmp_path):
    failed = run(tmp_path, "raise RuntimeError('I/O error: No space left on device (os error 28)')")
    assert "make failed: no space left on the disk of out (RuntimeError" in failed.stderr


def test_outputs_have_the_mode_of_any_new_file(tmp_path):
    body = (*WRITE, "job.output.one.chmod(0o600)")
    before = os.umask(0o027)
    try:
        assert run(tmp_path, *body).returncode == 0
    finally:
        os.umask(before)
    assert [oct(path.stat().st_mode)[-3:] for path in sorted((tmp_path / "out").iterdir())] == ["640", "640"]


def test_the_draft_of_a_killed_step_is_removed_by_the_next(tmp_path):
    assert run(tmp_path, *WRITE, "import os", "os.kill(os.getpid(), 9)").returncode == -9
    assert len(list((tmp_path / "out").glob(".partial-make-*"))) == 1
    assert run(tmp_path, *WRITE).returncode == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["one.txt", "two.txt"]


def test_the_log_of_a_failed_or_killed_attempt_survives_the_next(tmp_path):
    log = tmp_path / "logs/make.log"
    for body in (
        "raise InputError('the first')",
        "import os; print('the second', flush=True); os.kill(os.getpid(), 9)",
    ):
        assert run(tmp_path, *WRITE, body).returncode != 0
        log.unlink()  # as Snakemake does before each attempt
    assert run(tmp_path, *WRITE).returncode == 0
    assert "the first" in log.read_text() and "the second" in log.read_text()
    assert list(log.parent.iterdir()) == [log]
