"""Seconds per unit of work: from what runs recorded, else assumed, and always said which.

A finished run holds what a calibration needs: the config and the machine in manifest.json, the seconds of its jobs in
benchmarks/. The work of those jobs is computed from that config as for any other.
"""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal, NamedTuple

from semantic_tokens.config import load
from semantic_tokens.errors import InputError
from semantic_tokens.estimate import facts
from semantic_tokens.estimate.jobs import ARITHMETIC, Job
from semantic_tokens.estimate.rules import plan_of

Basis = Literal["measured", "scaled", "assumed"]
START = 8.0  # seconds to start a step and to import torch and transformers: 6 to 12 on machines we know
ASSUMED_GPU = "NVIDIA A100"
# Share of a GPU's float32 peak, and FLOP a second of one thread of a server's processor. Large matrices come close to
# the peak; a training step also normalises, activates and updates; alignment's matrices are small.
GPU_SHARE = {"training": 0.5, "kmeans": 0.6, "alignment": 0.1}
THREAD_FLOPS = {"training": 20e9, "kmeans": 40e9, "alignment": 10e9}
UNKNOWN_PEAK = 19.5  # TFLOP/s of a GPU that is in no table: that of an A100
# Units a second of the processor's work, and of downloads: orders of magnitude.
UNITS = {
    "download": 20e6, "generating": 0.25e6, "reading": 5e6, "tokenising": 2e6, "weights": 200e6, "searching": 10e6,
}  # fmt: skip


class Device(NamedTuple):
    """What a job computes on: `gpu` or `cpu`, and its name."""

    kind: Literal["gpu", "cpu"]
    name: str


class Sample(NamedTuple):
    """The speed of one recorded job, in FLOP a second."""

    kind: str
    like: str
    device: Device
    threads: int
    rate: float


class Speed(NamedTuple):
    """Units of work a second, how it is known, and from how many recorded jobs."""

    rate: float
    basis: Basis
    samples: int = 0


@dataclass(frozen=True)
class Calibration:
    """What finished runs recorded, and what could not be used, in words."""

    samples: tuple[Sample, ...]
    notes: tuple[str, ...]

    def speed(self, job: Job, device: Device) -> Speed:
        """Of jobs of this kind on this device; the nearest recorded jobs count, `assumed` where there are none.

        `measured`: the same device, number of threads and size of model. `scaled`: another one of these; GPUs are
        scaled by their peaks, processors by their threads.
        """
        if job.kind not in ARITHMETIC:
            return Speed(UNITS[job.kind], "assumed")
        threads = 1 if device.kind == "gpu" else job.threads
        known = [sample for sample in self.samples if sample.kind == job.kind and sample.device.kind == device.kind]
        here = [sample for sample in known if sample.device == device]
        same = [sample for sample in here if sample.like == job.like and sample.threads == threads]
        if same:
            return Speed(median(sample.rate for sample in same), "measured", len(same))
        if near := here or known:
            rates = [sample.rate * _power(device, threads) / _power(sample.device, sample.threads) for sample in near]
            return Speed(median(rates), "scaled", len(near))
        share = GPU_SHARE if device.kind == "gpu" else THREAD_FLOPS
        unit = 1e12 if device.kind == "gpu" else 1
        return Speed(share[job.kind] * _power(device, threads) * unit, "assumed")


def read_runs(results: Path) -> Calibration:
    """The calibration of all finished runs under `results`."""
    samples: list[Sample] = []
    notes: list[str] = []
    for manifest in sorted(results.glob("*/manifest.json")):
        try:
            samples += _samples(json.loads(manifest.read_text(encoding="utf-8")), manifest.parent / "benchmarks")
        except (InputError, KeyError) as error:
            reason = f"it lacks {error}" if isinstance(error, KeyError) else str(error).splitlines()[0]
            notes.append(f"{manifest.parent} tells no speed: {reason}")
    return Calibration(tuple(samples), tuple(notes))


def gpus_of(manifest: Mapping[str, Any]) -> list[str]:
    """The GPUs of a manifest's machine that its build of torch can use."""
    return [] if "+cpu" in manifest["packages"]["torch"] else manifest["machine"]["gpus"]


def device_of(setting: str, manifest: Mapping[str, Any]) -> Device:
    """What `compute.device` came to on the machine of a manifest."""
    gpus = gpus_of(manifest)
    if setting == "cuda" or (setting == "auto" and gpus):
        return Device("gpu", gpus[0] if gpus else "unknown GPU")
    return Device("cpu", manifest["machine"]["cpu"] or "unknown processor")


def _samples(manifest: Mapping[str, Any], benchmarks: Path) -> Iterable[Sample]:
    """A job too short to tell its work from its start says nothing."""
    config = load(manifest["config"])
    device = device_of(config.compute.device, manifest)
    for job in plan_of(config).jobs.values():
        path = benchmarks / job.benchmark
        if job.kind in ARITHMETIC and job.benchmark and path.is_file():
            seconds = _seconds(path)
            if seconds > 2 * START:
                threads = 1 if device.kind == "gpu" else job.threads
                yield Sample(job.kind, job.like, device, threads, job.work / (seconds - START))


def _seconds(path: Path) -> float:
    with path.open(encoding="utf-8", newline="") as handle:
        return sum(float(row["s"]) for row in csv.DictReader(handle, delimiter="\t"))


def _power(device: Device, threads: int) -> float:
    """What devices of a kind are compared by: TFLOP/s of a GPU, threads of a processor."""
    if device.kind == "cpu":
        return threads
    return next((peak for name, peak in facts.GPU_PEAK.items() if name in device.name), UNKNOWN_PEAK)
