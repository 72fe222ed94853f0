"""From work to seconds: every job of a plan on the hardware that it would run on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from semantic_tokens.config.models import Config
from semantic_tokens.estimate import downloads
from semantic_tokens.estimate.facts import ASSUMED_GPU
from semantic_tokens.estimate.jobs import ARITHMETIC, Plan, PlannedJob
from semantic_tokens.estimate.roofline import Device
from semantic_tokens.estimate.speeds import START, Calibration, Speed, device_of, gpus_of, memory_of


@dataclass(frozen=True)
class Hardware:
    """GPUs (0: none is used) and cores; `gpu_from` says where the name of the GPU comes from."""

    gpus: int
    gpu: str
    gpu_from: str
    cores: int
    cpu: str

    @property
    def device(self) -> Device:
        """What arithmetic runs on."""
        return Device("gpu", self.gpu) if self.gpus else Device("cpu", self.cpu)

    def __str__(self) -> str:
        cores = f"{self.cores} cores of {self.cpu}"
        return f"{self.gpus} x {self.gpu} ({self.gpu_from}) and {cores}" if self.gpus else f"no GPU, {cores}"


@dataclass(frozen=True)
class JobCost:
    """A job's seconds on its device, the speed that they rest on, bytes to download, and how many of these are already
    there."""

    job: PlannedJob
    device: Device
    seconds: float
    speed: Speed
    download: float = 0
    at_hand: float = 0

    @property
    def gpu_seconds(self) -> float:
        return self.seconds if self.device.kind == "gpu" else 0

    @property
    def core_seconds(self) -> float:
        return self.seconds * self.job.threads if self.device.kind == "cpu" else 0


def hardware_of(config: Config, manifest: Mapping[str, Any], calibration: Calibration) -> Hardware:
    """What the config would run on: `compute.gpus`, else this machine, of which `manifest` tells.

    Where this machine has no GPU, the GPU is one that a recorded run used, or an assumed one.
    """
    here, machine = gpus_of(manifest), manifest["machine"]
    gpus = config.compute.gpus or max(len(here), config.compute.device == "cuda")
    recorded = [sample.device.name for sample in calibration.samples if sample.device.kind == "gpu"]
    if here:
        gpu, origin = here[0], "this machine's"
    elif recorded:
        gpu, origin = recorded[0], "a recorded run's"
    else:
        gpu, origin = ASSUMED_GPU, "assumed"
    gpus = 0 if config.compute.device == "cpu" else gpus
    return Hardware(gpus, gpu, origin, machine["cores"], device_of("cpu", manifest).name)


def costs(
    config: Config, plan: Plan, hardware: Hardware, calibration: Calibration, resources: Path
) -> dict[str, JobCost]:
    """The cost of every job of the plan, by output."""
    return {output: _cost(config, job, hardware, calibration, resources) for output, job in plan.jobs.items()}


def _cost(config: Config, job: PlannedJob, hardware: Hardware, calibration: Calibration, resources: Path) -> JobCost:
    device = hardware.device if job.kind in ARITHMETIC else Device("cpu", hardware.cpu)
    speed = calibration.speed(job, device, memory_of(config))
    if job.kind != "download":
        return JobCost(job, device, START + job.work / speed.rate, speed)
    assert job.resource is not None
    at_hand = min(job.work, downloads.at_hand(resources, job.resource.folder))
    return JobCost(job, device, START + (job.work - at_hand) / speed.rate, speed, job.work, at_hand)
