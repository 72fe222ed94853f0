"""Locks on GPUs, with made-up devices and real processes that contend and are killed."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.workflow import devices

# Takes devices, says which, and lives until its input ends; `fork` leaves a worker behind that sleeps.
HOLDER = """
import logging, os, signal, sys, time
from pathlib import Path
from semantic_tokens.workflow.devices import take
signal.alarm(60)  # a test that waits in vain fails instead of hanging
folder, count, wanted, fork = sys.argv[1:]
names = [f"GPU-{i}" for i in range(int(count))]
logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
print(*take(names, int(wanted), Path(folder)), flush=True)
if fork == "fork" and (worker := os.fork()):
    print(worker, flush=True)
sys.stdin.read() if fork == "alone" else time.sleep(60)
"""

MACHINE = """#!/bin/sh
cat <<'END'
LISTED
END
exit STATUS
"""


@contextmanager
def holder(folder: Path, count: int = 2, wanted: int = 1, fork: str = "alone"):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), str(count), str(wanted), fork],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def line(process) -> str:
    return process.stdout.readline().strip()


def test_each_process_gets_a_device_of_its_own_and_the_next_one_waits_until_a_holder_is_killed(tmp_path):
    with holder(tmp_path) as one, holder(tmp_path) as two, holder(tmp_path) as three:
        first = {process: line(process) for process in (one, two, three)}
        (waiting,) = (process for process, printed in first.items() if printed.startswith("waiting"))
        holding = {process: printed for process, printed in first.items() if process is not waiting}
        assert "1 of 2 GPUs" in first[waiting] and str(tmp_path) in first[waiting]
        assert sorted(holding.values()) == ["GPU-0", "GPU-1"]
        killed = next(iter(holding))
        time.sleep(1.5)  # longer than a poll: it waits on
        assert waiting.poll() is None
        os.kill(killed.pid, signal.SIGKILL)
        assert line(waiting) == holding[killed]


def test_a_process_that_ends_gives_its_device_back(tmp_path):
    with holder(tmp_path, count=1) as one:
        assert line(one) == "GPU-0"
        one.communicate("")
    with holder(tmp_path, count=1) as two:
        assert line(two) == "GPU-0"


def test_a_forked_worker_keeps_the_device_after_its_parent(tmp_path):
    with holder(tmp_path, count=1, fork="fork") as parent:
        assert line(parent) == "GPU-0"
        worker = int(line(parent))
        parent.kill()
        parent.wait()
        with holder(tmp_path, count=1) as other:
            assert line(other).startswith("waiting")
            os.kill(worker, signal.SIGKILL)
            assert line(other) == "GPU-0"


def test_whoever_wants_several_takes_all_or_none(tmp_path):
    with holder(tmp_path, count=2, wanted=1) as one:
        assert line(one) == "GPU-0"
        with holder(tmp_path, count=2, wanted=2) as both:
            assert line(both).startswith("waiting for 2 of 2")
            with holder(tmp_path, count=2, wanted=1) as another:
                printed = line(another)  # it may meet the one that wants both at a try
                assert (line(another) if printed.startswith("waiting") else printed) == "GPU-1"
            one.kill()
            assert line(both) == "GPU-0 GPU-1"


def test_more_devices_than_there_are_is_an_error(tmp_path):
    with pytest.raises(InputError, match="asks for 3 GPUs, this machine has 2"):
        devices.take(["a", "b"], 3, tmp_path)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine whose `nvidia-smi -L` prints what it is given, with an empty folder of locks and no scheduler."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")  # so that it is put back whatever a claim does to it
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")

    def make(listed: str, status: int = 0) -> None:
        program = tmp_path / "nvidia-smi"
        program.write_text(MACHINE.replace("LISTED", listed).replace("STATUS", str(status)))
        program.chmod(0o755)

    return make


TWO = "GPU 0: NVIDIA H200 (UUID: GPU-1a2b-3c)\nGPU 1: NVIDIA H200 (UUID: GPU-4d5e-6f)"


def test_devices_are_named_by_what_the_driver_calls_them(machine):
    machine(TWO)
    assert devices.list_devices() == ["GPU-1a2b-3c", "GPU-4d5e-6f"]


def test_slices_of_a_divided_gpu_are_the_devices(machine):
    machine(f"{TWO}\n  MIG 1g.10gb     Device  0: (UUID: MIG-77-a)\n  MIG 1g.10gb     Device  1: (UUID: MIG-77-b)")
    assert devices.list_devices() == ["MIG-77-a", "MIG-77-b"]


@pytest.mark.parametrize("status, listed", [(9, "could not communicate with the driver"), (0, "No devices found.")])
def test_a_machine_without_a_working_gpu_has_no_devices(machine, status, listed):
    machine(listed, status)
    assert devices.list_devices() == []
    devices.claim(1)
    assert "CUDA_VISIBLE_DEVICES" not in os.environ


def test_a_claim_sets_the_variable_and_holds_the_lock(machine, tmp_path):
    machine(TWO)
    devices.claim(1)
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "GPU-1a2b-3c"
    assert devices.take(["GPU-1a2b-3c", "GPU-4d5e-6f"], 1, devices.lock_folder()) == ["GPU-4d5e-6f"]
    locks = [devices.lock_folder() / f"{device}.lock" for device in ("GPU-1a2b-3c", "GPU-4d5e-6f")]
    assert [os.fstat(descriptor).st_ino for descriptor in devices.held()[-2:]] == [lock.stat().st_ino for lock in locks]
    assert devices.lock_folder().parent == tmp_path
    assert devices.lock_folder().stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("chosen", ["3", "0,1", "GPU-9", ""])
def test_the_choice_of_a_scheduler_is_left_alone(machine, monkeypatch, chosen):
    machine(TWO)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", chosen)
    devices.claim(1)
    assert os.environ["CUDA_VISIBLE_DEVICES"] == chosen
    assert not devices.lock_folder().exists()


def test_a_step_that_wants_no_gpu_takes_none(machine):
    machine(TWO)
    devices.claim(0)
    assert "CUDA_VISIBLE_DEVICES" not in os.environ and not devices.lock_folder().exists()


def test_a_step_computes_on_as_many_gpus_as_its_rule_asks_for(monkeypatch):
    monkeypatch.setattr("torch.cuda.device_count", lambda: 3)
    assert [str(gpu) for gpu in devices.visible_gpus(2)] == ["cuda:0", "cuda:1"] and devices.visible_gpus(0) == ()
    with pytest.raises(InputError, match="the rule asks for 4 GPUs, torch sees 3: lower its resource gpu"):
        devices.visible_gpus(4)
