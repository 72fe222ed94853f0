"""A SLURM cluster of one node on loopback, for the tests: munged, slurmctld and slurmd that end with the test.

No file of the machine is touched: keys, sockets, configuration and state lie in the folder that is passed in. The node
has made-up memory and two made-up GPUs, and a job that uses more memory than it asked for is killed.
"""

import getpass
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DEBIAN_PACKAGES = ("munge", "slurm-client", "slurmctld", "slurmd")
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel", "scontrol", "sinfo")
NODE_MEMORY_MB = 64000
_START_SECONDS = 60
_END_SECONDS = 60

# OverMemoryKill: polled every second, without cgroups, which a container may not have.
# SLURM holds a requeued job back until its old credential has expired, two minutes unless told otherwise.
_CONFIGURATION = """\
ClusterName=loopback
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=2,bf_interval=2
GresTypes=gpu
KillWait=20
MinJobAge=7200
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory} Gres=gpu:2 State=UNKNOWN
PartitionName=cpu Nodes={host} Default=YES MaxTime=INFINITE State=UP
PartitionName=gpu Nodes={host} MaxTime=INFINITE State=UP
"""
# Any two character devices serve: a job is given their numbers, and opens neither.
_DEVICES = "Name=gpu File=/dev/null\nName=gpu File=/dev/zero\n"


@dataclass(frozen=True)
class SlurmJob:
    """A job as `squeue` tells of it, ended or not; `comment` begins with rule_{rule} or group_{group}."""

    number: str
    state: str
    comment: str
    partition: str
    memory: str
    gpus: str


def jobs(environment: dict[str, str]) -> list[SlurmJob]:
    """Every job of the cluster so far, in the order of submission."""
    columns = "JobID:|,State:|,Comment:|,Partition:|,MinMemory:|,tres-per-job:|"
    lines = _printed(
        ["squeue", "--states=all", "--noheader", "--sort=i", f"--Format={columns}"], environment
    ).splitlines()
    return [SlurmJob(*(field.strip() for field in line.rstrip("|").split("|"))) for line in lines]


def missing() -> str:
    """Why no cluster can be started here; empty where it can."""
    absent = [program for program in PROGRAMS if shutil.which(program) is None]
    if absent:
        return f"not installed: {', '.join(absent)} (Debian: {' '.join(DEBIAN_PACKAGES)})"
    return "" if os.getuid() == 0 else "slurmd starts jobs only as root"


@contextmanager
def cluster(folder: Path) -> Iterator[dict[str, str]]:
    """Start the daemons below `folder`, whose path must be short (a socket's has 107 characters); yield the environment
    in which SLURM's commands speak with them. RuntimeError with the logs if the node is not up in a minute."""
    for name in ("state", "spool"):
        (folder / name).mkdir()
    key = folder / "munge.key"
    key.write_bytes(secrets.token_bytes(1024))
    key.chmod(0o400)
    host = socket.gethostname().split(".")[0]
    controller_port, node_port = _free_ports(2)
    (folder / "gres.conf").write_text(_DEVICES)
    (folder / "slurm.conf").write_text(
        _CONFIGURATION.format(
            host=host, controller_port=controller_port, node_port=node_port, folder=folder,
            cpus=os.cpu_count(), memory=NODE_MEMORY_MB,
        )
    )  # fmt: skip
    environment = os.environ | {
        "SLURM_CONF": str(folder / "slurm.conf"),
        "PATH": f"{_programs_within_jobs(folder)}:{os.environ['PATH']}",
    }
    munge_files = {
        "key-file": key, "socket": folder / "munge.socket", "pid-file": folder / "munged.pid",
        "seed-file": folder / "munge.seed",
    }  # fmt: skip
    commands = (
        # --force: the folder of a test may be open to others.
        ["munged", "--foreground", "--force", *(f"--{option}={path}" for option, path in munge_files.items())],
        ["slurmctld", "-D"],
        ["slurmd", "-D", "-N", host],
    )
    daemons: list[subprocess.Popen] = []
    try:
        for command in commands:
            with (folder / f"{command[0]}.out").open("w") as output:
                daemons.append(subprocess.Popen(command, env=environment, stdout=output, stderr=output))
            if command[0] == "munged":
                _wait(lambda: munge_files["socket"].exists(), daemons, folder)
        _wait(lambda: "idle" in _printed(["sinfo", "--noheader", "--format=%t"], environment), daemons, folder)
        yield environment
    finally:
        _cancel_all(environment)
        for daemon in reversed(daemons):
            daemon.terminate()
            daemon.wait(timeout=30)


def _cancel_all(environment: dict[str, str]) -> None:
    """End every job and wait until its processes are gone: they would outlive the daemons."""
    end = time.monotonic() + _END_SECONDS
    while _printed(["squeue", "--noheader"], environment) and time.monotonic() < end:
        subprocess.run(["scancel", f"--user={getpass.getuser()}"], env=environment, check=False, capture_output=True)
        time.sleep(0.5)


def _programs_within_jobs(folder: Path) -> Path:
    """Snakemake's plugin takes SLURM_CONF from the environment of the `srun` in a job; this one has it again."""
    programs = folder / "bin"
    programs.mkdir()
    srun = programs / "srun"
    srun.write_text(f'#!/bin/sh\nSLURM_CONF={folder}/slurm.conf exec {shutil.which("srun")} "$@"\n')
    srun.chmod(0o755)
    return programs


def _wait(ready, daemons: list[subprocess.Popen], folder: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while not ready():
        if time.monotonic() > end or any(daemon.poll() is not None for daemon in daemons):
            logs = "\n".join(path.read_text()[-2000:] for path in sorted(folder.glob("*.out")))
            raise RuntimeError(f"the cluster did not start:\n{logs}")
        time.sleep(0.2)


def _printed(command: list[str], environment: dict[str, str]) -> str:
    return subprocess.run(command, env=environment, check=False, capture_output=True, text=True).stdout


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
