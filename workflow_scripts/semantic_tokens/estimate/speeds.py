"""Seconds per unit of work: recorded by runs or else assumed, and labelled as such.

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

from semantic_tokens.config.loading import load
from semantic_tokens.config.models import Config
from semantic_tokens.errors import InputError
from semantic_tokens.estimate import roofline
from semantic_tokens.estimate.dag import SNAKEFILE
from semantic_tokens.estimate.jobs import ARITHMETIC, PlannedJob
from semantic_tokens.estimate.plan import plan_of
from semantic_tokens.estimate.roofline import Device
from semantic_tokens.fine_tuning.plan import Precision

Basis = Literal["measured", "scaled", "assumed"]
START = 8.0  # seconds to start a step and to import torch and transformers: 6 to 12 on machines we know
# Units per second of the processor's work, and of downloads: orders of magnitude.
UNITS = {
    "download": 20e6, "generating": 0.25e6, "reading": 5e6, "tokenising": 2e6, "weights": 200e6, "searching": 10e6,
    "measuring": 1,
}  # fmt: skip


class RecordedJob(NamedTuple):
    """One recorded job: what it was of, on what, and its seconds as a multiple of the roofline's."""

    kind: str
    like: str
    device: Device
    threads: int
    precision: Precision
    slower: float


class Speed(NamedTuple):
    """Units of work a second, how it is known, and from how many recorded jobs."""

    rate: float
    basis: Basis
    samples: int = 0


@dataclass(frozen=True)
class Calibration:
    """What finished runs recorded, and what could not be used, in words."""

    samples: tuple[RecordedJob, ...]
    notes: tuple[str, ...]

    def speed(self, job: PlannedJob, device: Device, memory: float | None = None) -> Speed:
        """Of jobs of this kind on this device, `memory` bytes of a GPU; the nearest recorded jobs of the same precision
        say by how much the roofline is to be corrected; `assumed` where there are none.

        `measured`: the same device, number of threads and size of model. `scaled`: another one of these.
        """
        if job.kind not in ARITHMETIC:
            return Speed(UNITS[job.kind], "assumed")
        threads = 1 if device.kind == "gpu" else job.threads
        rate = job.work / roofline.seconds(job, device, threads, memory)
        alike = (job.kind, device.kind, roofline.precision_of(job, device))
        known = [s for s in self.samples if (s.kind, s.device.kind, s.precision) == alike]
        here = [sample for sample in known if sample.device == device]
        same = [sample for sample in here if sample.like == job.like and sample.threads == threads]
        if near := same or here or known:
            correction = median(sample.slower for sample in near)
            return Speed(rate / correction, "measured" if same else "scaled", len(near))
        return Speed(rate, "assumed")


def read_runs(results: Path, snakefile: Path = SNAKEFILE) -> Calibration:
    """The calibration of all finished runs under `results`."""
    samples: list[RecordedJob] = []
    notes: list[str] = []
    for manifest in sorted(results.glob("*/manifest.json")):
        try:
            recorded = json.loads(manifest.read_text(encoding="utf-8"))
            samples += _samples(recorded, manifest.parent / "benchmarks", snakefile)
        except (InputError, KeyError) as error:
            reason = f"it lacks {error}" if isinstance(error, KeyError) else str(error).splitlines()[0]
            notes.append(f"{manifest.parent}: no speed can be read: {reason}")
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


def _samples(manifest: Mapping[str, Any], benchmarks: Path, snakefile: Path) -> Iterable[RecordedJob]:
    """A job too short to tell its work from its start says nothing."""
    config = load(_as_it_was(manifest["config"]))
    device = device_of(config.compute.device, manifest)
    memory = memory_of(config)
    for job in plan_of(config, snakefile).jobs.values():
        path = benchmarks / job.benchmark
        if job.kind in ARITHMETIC and job.benchmark and path.is_file():
            seconds = _seconds(path)
            if seconds > 2 * START:
                threads = 1 if device.kind == "gpu" else job.threads
                slower = (seconds - START) / roofline.seconds(job, device, threads, memory)
                yield RecordedJob(job.kind, job.like, device, threads, roofline.precision_of(job, device), slower)


def _as_it_was(config: Mapping[str, Any]) -> dict[str, Any]:
    """Fine-tuning was in float32 everywhere before a config could say otherwise."""
    return {**config, "compute": {"precision": "float32", **config["compute"]}}


def memory_of(config: Config) -> float | None:
    """Bytes of a GPU by the config; None: what the data sheet says."""
    return 1e9 * config.compute.gpu_memory if config.compute.gpu_memory else None


def _seconds(path: Path) -> float:
    with path.open(encoding="utf-8", newline="") as handle:
        return sum(float(row["s"]) for row in csv.DictReader(handle, delimiter="\t"))
