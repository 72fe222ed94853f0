"""A step whose Snakemake was killed without warning ends, and never overwrites what a later run has made, which starts
without `--unlock`."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from support.running import MINI, copy_project, snakemake

pytestmark = pytest.mark.slow
TABLE = "results/mini/data/corpus.parquet"
# In the place of the world's generator: says that it has begun, takes its time and writes the seed into every output.
SLOW = """
import os, time
from pathlib import Path
from semantic_tokens.workflow.step import step

with step(snakemake) as job:
    Path("begun").write_text(str(os.getpid()))
    until = time.monotonic() + float(os.environ["SECONDS"])
    while time.monotonic() < until:
        time.sleep(0.01)
    for path in vars(job.output).values():
        path.write_text(str(job.params.seed))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    folder = copy_project(tmp_path_factory.mktemp("stale"))
    (folder / "workflow_scripts/steps/world/generate_world.py").write_text(SLOW)
    return folder


def begin(project: Path, seed: int, seconds: float) -> tuple[subprocess.Popen, psutil.Process]:
    """Snakemake and the step that it has begun."""
    environment = os.environ | {"PYTHONPATH": str(project / "workflow_scripts"), "SECONDS": str(seconds)}
    (project / "begun").unlink(missing_ok=True)
    command = [sys.executable, "-m", "snakemake", TABLE, "--configfile", str(MINI), "--config", f"run={{seed: {seed}}}"]
    run = subprocess.Popen(command, cwd=project, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (project / "begun").exists() or not (project / "begun").read_text():
        assert run.poll() is None
        time.sleep(0.01)
    return run, psutil.Process(int((project / "begun").read_text()))


def test_the_orphan_of_a_killed_run_does_not_overwrite_the_next_run(project, monkeypatch):
    run, orphan = begin(project, seed=5, seconds=300)
    run.kill()
    run.wait()
    orphan.wait(timeout=60)
    (log,) = (project / "results/mini/logs").rglob("generate_world*.log")
    assert "Snakemake that started this step is gone" in log.read_text()
    monkeypatch.setenv("SECONDS", "0")
    again = snakemake(project, TABLE, "--config", "run={seed: 6}")
    assert again.returncode == 0, again.stdout
    assert "its lock and its drafts are put away" in again.stdout
    assert (project / TABLE).read_text() == "6"
    assert not list((project / "results/mini/data").glob(".partial-*"))
