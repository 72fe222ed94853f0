"""A run through profiles/slurm on a real SLURM cluster of one node gives the bytes of a local run, kills included.

CLUSTER_CONFIG=config.yaml runs the demo, or any other config, in place of the toy.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from semantic_tokens.workflow.devices import list_devices
from support.running import MINI, copy_project
from support.slurm_cluster import SlurmJob, cluster, jobs, missing

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(missing()), reason=missing())]
PROFILE = ("--workflow-profile", "profiles/slurm", "--cores", str(os.cpu_count()))
WAIT_SECONDS = 3600

# A rule that needs 600 MB and asks for less, and a GPU, by the helpers and the profile of the workflow.
HUNGRY = """
from pathlib import Path
configfile: "run.yaml"
PROJECT = Path(workflow.basedir)
include: "rules/common.smk"

rule hungry:
    output: "device.txt"
    resources: mem_mb=memory(700), runtime=5, gpu=1
    shell: '''
        "{PYTHON}" -c "import time; held = b'x' * (600 * 2**20); time.sleep(5)"
        printf "$CUDA_VISIBLE_DEVICES" > {output}
        '''
"""

# A step that would start a process a GPU; it appends, so that every task that SLURM starts leaves a line.
SEVERAL = """
from pathlib import Path
configfile: "run.yaml"
PROJECT = Path(workflow.basedir)
include: "rules/common.smk"

rule continue_pretraining:
    output: touch("done.txt")
    resources: mem_mb=memory(500), runtime=5, gpu=1
    shell: 'echo "$SLURM_PROCID of $SLURM_NTASKS sees $CUDA_VISIBLE_DEVICES" >> tasks.txt'
"""


def write_config(path: Path) -> str:
    """The toy, all steps on one condition, long enough in pretraining to be killed there; returns the run's name."""
    if "CLUSTER_CONFIG" in os.environ:
        config = yaml.safe_load(Path(os.environ["CLUSTER_CONFIG"]).read_text(encoding="utf-8"))
    else:
        config = yaml.safe_load(MINI.read_text())
        config["backbones"] = {"tiny-bert": config["backbones"]["tiny-bert"]}
        config["backbones"]["tiny-bert"]["pretraining"] |= {"steps": 400, "checkpoint_every": 20}
        config["pretraining"] |= {"steps": 400, "checkpoint_every": 20}
        config["studies"] = {
            "main": config["studies"]["main"] | {"conditions": ["tiny-bert/d16/clsa-two/kmeans-cosine-r20/mlm"]}
        }
    # Where there is no GPU, rules ask SLURM for one of the made-up ones and compute on the CPU as they do locally.
    config["compute"]["device"] = "cpu" if list_devices() else "auto"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return config["run"]["name"]


@contextmanager
def started(project: Path, environment, *arguments: str) -> Iterator[subprocess.Popen]:
    """Snakemake at work in the project, its words in printed.log; killed if the test fails before it has ended."""
    command = [sys.executable, "-m", "snakemake", *arguments]
    environment = {**environment, "PYTHONPATH": str(project / "workflow_scripts")}
    with (project / "printed.log").open("w") as printed:
        process = subprocess.Popen(command, cwd=project, env=environment, stdout=printed, stderr=printed)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def finish(process: subprocess.Popen, project: Path) -> None:
    """Wait for it; it must end well."""
    status = process.wait(WAIT_SECONDS)
    assert status == 0, (project / "printed.log").read_text()[-5000:]


def use_partitions(project: Path) -> None:
    """Edit the profile as docs/cluster.md says, for a cluster with the partitions of partitions.yaml."""
    profile = project / "profiles/slurm/config.yaml"
    assert "# slurm-partition-config:" in profile.read_text()
    profile.write_text(profile.read_text().replace("# slurm-partition-config:", "slurm-partition-config:"))


def when(happened, process: subprocess.Popen):
    """What `happened` returns as soon as it is true, while the run goes on."""
    while not (result := happened()):
        assert process.poll() is None, "the run ended before it could be disturbed"
        time.sleep(0.2)
    return result


def training_stem(job: SlurmJob) -> str:
    """The name of a pretraining job's checkpoint and log: {backbone}, or {backbone}-d{dim}-{alignment}-{grouping}."""
    backbone, *rest = job.comment.split("_wildcards_")[1].split("_")
    return "-".join([backbone, *(f"d{rest[0]}", *rest[1:])] if rest else [backbone])


def half_way(environment, rule: str, checkpoints: Path) -> SlurmJob | None:
    """A job of the rule that runs, and has left a checkpoint."""
    for job in jobs(environment):
        runs = f"rule_{rule}" in job.comment and job.state == "RUNNING"
        if runs and (checkpoints / rule / f"{training_stem(job)}.pt").exists():
            return job
    return None


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    with cluster(tmp_path_factory.mktemp("slurm")) as environment:
        yield environment


def test_scores_are_those_of_a_local_run_after_a_cancelled_and_a_requeued_job(slurm, tmp_path):
    local, remote = tmp_path / "local", tmp_path / "remote"
    local.mkdir()
    name = write_config(copy_project(local) / "run.yaml")
    shutil.copytree(local, remote)
    target = f"results/{name}/tables/scores.csv"
    use_partitions(remote)
    with started(local, os.environ, target, "--configfile", "run.yaml") as run:
        finish(run, local)
    checkpoints = remote / f"results/{name}/checkpoints"
    with started(remote, slurm, target, "--configfile", "run.yaml", *PROFILE) as run:
        cancelled = when(lambda: half_way(slurm, "pretrain_backbone", checkpoints), run)
        subprocess.run(["scancel", cancelled.number], env=slurm, check=True)
        requeued = when(lambda: half_way(slurm, "continue_pretraining", checkpoints), run)
        subprocess.run(["scontrol", "requeue", requeued.number], env=slurm, check=True)
        finish(run, remote)

    assert (remote / target).read_bytes() == (local / target).read_bytes()
    assert not list((remote / "results").rglob(".partial-*"))
    assert not list(checkpoints.rglob("*.pt")), "they go when their job has succeeded"
    submitted = jobs(slurm)
    assert [job.state for job in submitted if job.comment == cancelled.comment] == ["CANCELLED", "COMPLETED"]
    assert [job.number for job in submitted if job.comment == requeued.comment] == [requeued.number]
    assert {job.state for job in submitted if job.number != cancelled.number} == {"COMPLETED"}
    for rule, job in (("pretrain_backbone", cancelled), ("continue_pretraining", requeued)):
        log = (remote / f"results/{name}/logs/{rule}/{training_stem(job)}.log").read_text()
        assert "resumed at step" in log  # of the last attempt: Snakemake removes the log of the one before
    on_gpus = {job.comment.split("_wildcards")[0] for job in submitted if job.partition == "gpu"}
    assert {job.gpus for job in submitted if job.partition == "gpu"} == {"gres:gpu:1"}
    assert {"rule_pretrain_backbone", "rule_continue_pretraining", "rule_align"} <= on_gpus
    assert "rule_generate_world" not in on_gpus


def test_a_job_that_is_killed_for_its_memory_gets_twice_as_much(slurm, tmp_path):
    project = copy_project(tmp_path)
    write_config(project / "run.yaml")
    (project / "Snakefile").write_text(HUNGRY.replace("{PYTHON}", sys.executable))
    use_partitions(project)
    with started(project, slurm, "device.txt", *PROFILE) as run:
        finish(run, project)
    first, second = (job for job in jobs(slurm) if "hungry" in job.comment)
    assert (first.memory, second.memory) == ("700M", "1400M")
    assert first.state in ("OUT_OF_MEMORY", "FAILED") and second.state == "COMPLETED"
    assert (project / "device.txt").read_text() in ("0", "1")  # SLURM's choice, not ours


def test_a_job_with_two_gpus_is_one_task_that_sees_both(slurm, tmp_path):
    """As `--set-resources continue_pretraining:gpu=N` of docs/pretraining.md: the step starts the processes."""
    project = copy_project(tmp_path)
    write_config(project / "run.yaml")
    (project / "Snakefile").write_text(SEVERAL)
    use_partitions(project)
    with started(project, slurm, "done.txt", *PROFILE, "--set-resources", "continue_pretraining:gpu=2") as run:
        finish(run, project)
    (job,) = (job for job in jobs(slurm) if "continue_pretraining" in job.comment and job.gpus == "gres:gpu:2")
    assert (project / "tasks.txt").read_text() == "0 of 1 sees 0,1\n"
    described = subprocess.run(["scontrol", "show", "job", job.number], env=slurm, capture_output=True, text=True)
    assert " NumTasks=1 " in described.stdout
