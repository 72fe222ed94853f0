"""profiles/pbs against stand-ins of `qsub`, `qstat` and `qdel` that run jobs at once on this machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.running import MINI, ROOT, copy_project

QSUB = """#!/bin/sh
cd "{folder}"
number=$(($(cat count 2>/dev/null || echo 0) + 1))
echo $number > count
echo "$@" >> submitted
for script; do :; done
(cd "$OLDPWD"; sh "$script" > "{folder}/$number.printed" 2>&1; echo $? > "{folder}/$number.status") &
echo "$number.server"
"""
QSTAT = """#!/bin/sh
for job; do :; done
status="{folder}/${job%.server}.status"
[ "$1" = -x ] || exit 2
echo "Job Id: $job"
if [ ! -s "$status" ]; then echo "    job_state = R" && exit; fi
printf '    job_state = F\\n    Exit_status = %s\\n' "$(cat "$status")"
"""

# The first attempt kills itself, as a cluster does: nothing is left that would tell Snakemake.
SNAKEFILE = """
from pathlib import Path
PROJECT = Path(workflow.basedir)
include: "rules/common.smk"

rule training:
    output: "done.txt"
    threads: 2
    resources: mem_mb=memory(1000), runtime=90, gpu=1
    shell: "if [ -e tried ]; then touch {output}; else touch tried; kill -9 $PPID $$; fi"
"""


def programs(folder: Path, **sources: str) -> dict[str, str]:
    """An environment in which these programs come first."""
    for name, source in sources.items():
        (folder / name).write_text(source.replace("{folder}", str(folder)))
        (folder / name).chmod(0o755)
    return os.environ | {"PATH": f"{folder}:{os.environ['PATH']}"}


@pytest.mark.slow
def test_a_job_asks_for_what_its_rule_needs_and_a_killed_one_runs_again_with_twice_the_memory(tmp_path):
    cluster = tmp_path / "cluster"
    cluster.mkdir()
    project = copy_project(tmp_path)
    (project / "Snakefile").write_text(SNAKEFILE)
    environment = programs(cluster, qsub=QSUB, qstat=QSTAT, qdel="#!/bin/sh\n")
    profile = ["--workflow-profile", "profiles/pbs", "--seconds-between-status-checks", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "done.txt", "--configfile", str(MINI), *profile],
        cwd=project, env=environment | {"PYTHONPATH": str(project / "workflow_scripts")},
        text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    first, second = (cluster / "submitted").read_text().splitlines()
    assert "-l select=1:ncpus=2:mem=1000mb:ngpus=1 -l walltime=90:00" in first
    assert "-l select=1:ncpus=2:mem=2000mb:ngpus=1 -l walltime=90:00" in second


@pytest.mark.parametrize(
    "printed, status, answer",
    [
        ("    job_state = Q", 0, "running"),
        ("    job_state = R", 0, "running"),
        ("    job_state = F\n    Exit_status = 0", 0, "success"),
        ("    job_state = F\n    Exit_status = 1", 0, "failed"),
        ("    job_state = F\n    Exit_status = 271", 0, "failed"),
        ("    job_state = F", 0, "failed"),  # deleted while it waited
        ("qstat: cannot connect to server", 1, "running"),
    ],
)
def test_a_job_state_in_snakemakes_words(tmp_path, printed, status, answer):
    environment = programs(tmp_path, qstat=f"#!/bin/sh\necho '{printed}'\nexit {status}\n")
    command = [str(ROOT / "profiles/pbs/status.sh"), "7.server"]
    assert subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout == f"{answer}\n"


def test_a_server_without_a_history_is_an_error(tmp_path):
    environment = programs(tmp_path, qstat="#!/bin/sh\necho 'qstat: Unknown Job Id 7.server' >&2\nexit 153\n")
    command = [str(ROOT / "profiles/pbs/status.sh"), "7.server"]
    failed = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert failed.returncode == 1 and "history" in failed.stderr
