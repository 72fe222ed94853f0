"""A GPU for each process: locks that die with their holders, taken before torch looks for devices.

Snakemake counts GPUs but does not say which one a job may use, so all jobs of a machine would meet on the first. A
device belongs to the process that holds a lock on its file (flock). The kernel releases the lock when the process ends,
however it ends, so there is nothing to clean up after a kill. Forked worker processes share the lock and keep it as
long as they live, since they may use the device. Other programs do not get it, unless it is handed on (`held`): to a
launcher of several processes, which outlives them."""

import fcntl
import logging
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from semantic_tokens.errors import InputError

if TYPE_CHECKING:
    import torch

_log = logging.getLogger(__name__)
VARIABLE = "CUDA_VISIBLE_DEVICES"
_POLL_SECONDS = 1.0
_held: list[int] = []  # never closed: the locks last as long as the process


def claim(wanted: int) -> None:
    """Give this process `wanted` GPUs of the machine, until it ends, and set CUDA_VISIBLE_DEVICES to them.

    Must run before torch starts CUDA. Nothing happens where CUDA_VISIBLE_DEVICES is set, since a scheduler has chosen
    already, and where there is no GPU. Waits while others hold the devices, and logs that it does. Raises InputError if
    the machine has fewer GPUs than wanted.
    """
    if wanted > 0 and VARIABLE not in os.environ and (devices := list_devices()):
        os.environ[VARIABLE] = ",".join(take(devices, wanted, lock_folder()))


def list_devices() -> list[str]:
    """The identifiers of the machine's NVIDIA GPUs, or of their MIG slices; empty without a working driver.

    They come from `nvidia-smi -L`, since a job that computes without a GPU should not import torch to learn of none.
    Identifiers, unlike numbers, mean the same device in any order and in any container.
    """
    try:
        printed = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, check=True).stdout
    except (FileNotFoundError, subprocess.CalledProcessError):
        return []
    return re.findall(r"UUID: (MIG-[\w/-]+)", printed) or re.findall(r"UUID: (GPU-[\w-]+)", printed)


def lock_folder() -> Path:
    """The folder of the locks of this user's processes on this machine."""
    return Path(tempfile.gettempdir()) / f"semantic-tokens-gpus-{os.getuid()}"


def take(devices: Sequence[str], wanted: int, folder: Path) -> list[str]:
    """Lock `wanted` of the devices, by files in `folder`, for the life of this process; waits until so many are free.

    A waiting process holds none, so that two that need several cannot wait for each other.
    """
    if wanted > len(devices):
        raise InputError(f"the rule asks for {wanted} GPUs, this machine has {len(devices)}: lower its resource gpu")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    waiting = False
    while len(taken := _lock(devices, wanted, folder)) < wanted:
        for descriptor in taken.values():
            os.close(descriptor)
        if not waiting:
            _log.info("waiting for %d of %d GPUs: others hold the locks in %s", wanted, len(devices), folder)
        waiting = True
        time.sleep(_POLL_SECONDS)
    _held.extend(taken.values())
    return list(taken)


def visible_gpus(wanted: int) -> "tuple[torch.device, ...]":
    """The first `wanted` GPUs that torch sees in this process. Raises InputError if it sees fewer."""
    import torch  # after `claim`

    if wanted > (seen := torch.cuda.device_count()):
        raise InputError(f"the rule asks for {wanted} GPUs, torch sees {seen}: lower its resource gpu")
    return tuple(torch.device("cuda", i) for i in range(wanted))


def held() -> tuple[int, ...]:
    """The descriptors of this process's locks; a program that inherits them (`pass_fds`) keeps the devices too."""
    return tuple(_held)


def _lock(devices: Sequence[str], wanted: int, folder: Path) -> dict[str, int]:
    """device -> descriptor that holds its lock, for as many free devices as are wanted."""
    taken: dict[str, int] = {}
    for device in devices:
        if len(taken) == wanted:
            break
        descriptor = os.open(folder / f"{device.replace('/', '-')}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            taken[device] = descriptor
        except BlockingIOError:
            os.close(descriptor)
    return taken
