"""What the workflow itself costs: listing a large DAG, finding that nothing is to be done, starting a job.

There is no peer: these rows have a time and no ratio. They run Snakemake as a user does, in the Snakefile's folder.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from semantic_tokens.bench.comparison import Benchmark

PAGE = Path("results/demo/report/index.html")
SNAKEFILE = """
rule all:
    input: "seconds.txt"
rule job:
    output: seconds="seconds.txt"
    log: "job.log"
    params: threads=1
    script: "job.py"
"""
# A step as ours are. Its start-up is the age of its process when the body ends, less what the body imports.
STEP = """
from semantic_tokens.workflow.step import step
with step(snakemake) as job:
    import time
    begun = time.time()
    import torch, transformers
    imported = time.time() - begun
    import psutil
    age = time.time() - psutil.Process().create_time()
    job.output.seconds.write_text(f"{age} {imported}")
"""


def comparison(name: str, full: bool) -> Benchmark | None:
    """The row of this name; None, and a line that says why, where it is left out. `full` changes nothing."""
    if name == "dag-paper":
        return _alone(name, partial(snakemake, "table5", "-n", "--configfile", "configs/paper.yaml"))
    if name == "dag-startup":
        return Benchmark(name, "", one_job, _nobody, _no_difference, 0, _startup)
    if PAGE.exists() and "Nothing to be done" in snakemake("-n"):
        return _alone(name, partial(snakemake, "--cores", "2"))
    print(f"{name} skipped: the demo is unfinished; run `make demo`")
    return None


def snakemake(*arguments: str, folder: Path | None = None) -> str:
    """What it prints; RuntimeError with the end of that if it fails."""
    command = [sys.executable, "-m", "snakemake", *arguments]
    done = subprocess.run(command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}")
    return done.stdout


def one_job() -> tuple[float, float]:
    """Seconds of a step from the start of its process to the end of its body, and of the imports in the body."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "Snakefile").write_text(SNAKEFILE, encoding="utf-8")
        (folder / "job.py").write_text(STEP, encoding="utf-8")
        snakemake("--cores", "1", "--workflow-profile", "none", folder=folder)
        age, imported = (folder / "seconds.txt").read_text(encoding="utf-8").split()
    return float(age), float(imported)


def _startup() -> dict[str, float]:
    """The best of three, since a busy machine only adds to it."""
    return {"startup_s": min(age - imported for age, imported in (one_job() for _ in range(3)))}


def _alone(name: str, ours: Callable[[], object]) -> Benchmark:
    return Benchmark(name, "", ours, _nobody, _no_difference, 0)


def _nobody() -> None:
    return None


def _no_difference(ours: object, theirs: object) -> float:
    return 0
