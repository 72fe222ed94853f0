"""Run Snakemake on a copy of the project, so that tests neither see nor touch the results of a user."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from support import ROOT

MINI = Path(__file__).parent / "mini.yaml"
PARTS = (
    "Snakefile",
    "rules",
    "profiles",
    "envs",
    "config.yaml",
    "configs",
    "captions",
    "reference",
    "workflow_scripts",
)


def copy_project(folder: Path) -> Path:
    """The tracked parts of the workflow in `folder`, without any output."""
    ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=ignore)
        else:
            shutil.copy(source, folder / part)
    return folder


def snakemake(folder: Path, *arguments: str, mini: bool = True) -> subprocess.CompletedProcess:
    """Run to the end; stdout holds what Snakemake printed on both streams. The copy's library is the one imported."""
    command = [sys.executable, "-m", "snakemake", *arguments, *(("--configfile", str(MINI)) if mini else ())]
    environment = os.environ | {"PYTHONPATH": str(folder / "workflow_scripts")}
    return subprocess.run(
        command, cwd=folder, env=environment, text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def jobs(printed: str) -> dict[str, int]:
    """rule -> number of jobs, from the table that Snakemake prints first."""
    table = printed.split("Job stats:")[-1].split("total")[0]
    return {name: int(count) for name, count in re.findall(r"^(\w+) +(\d+)$", table, re.MULTILINE)}
