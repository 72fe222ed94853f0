"""Seconds that a job's arithmetic would take by the numbers of a device: its products, and the bytes that it moves.

A roofline (Williams et al. 2009) whose two parts add up, since PyTorch runs one kernel after the other: narrow layers
and short batches take longer per FLOP because they move more bytes per FLOP, or wait for kernels to start.
"""

from dataclasses import replace
from math import ceil
from typing import Literal, NamedTuple

from semantic_tokens.errors import InputError
from semantic_tokens.estimate import facts
from semantic_tokens.estimate.jobs import PlannedJob, Training
from semantic_tokens.fine_tuning.memory import choose_plan, gpu_budget, host_budget, saved_per_token
from semantic_tokens.fine_tuning.plan import Asked, Precision, UpdatePlan, precision_on
from semantic_tokens.models.shape import FLOAT

# Shares of a GPU's peaks that large products reach, and times that a saved number goes to or from memory in both passes
# and in the forward pass alone: fitted to the throughput of BERT-large that NVIDIA publishes for a V100
# (DeepLearningExamples, PyTorch/LanguageModeling/BERT: 40.3 sequences of 128 tokens a second in float32, 171.5 in half
# precision), where the bandwidth is taken to reach 80%. Those of the other kinds are assumed.
PRODUCTS = {"float32": 0.67, "bf16": 0.45}
GPU_SHARE = {"kmeans": 0.6, "alignment": 0.1}
MOVED, MOVED_FORWARDS, BANDWIDTH_SHARE = 8, 3, 0.8
# Seconds to start a kernel from Python, and kernels of a layer, forwards and backwards: assumed.
KERNEL_START, KERNELS = 8e-6, 45
# FLOP and bytes per second of one thread of a server's processor: fitted to training steps of widths 32 to 768 on one
# core of an AMD EPYC (9, 24 and 28 GFLOP/s at widths 32, 128 and 768), which they meet within 20%.
THREAD_FLOPS = {"training": 32e9, "kmeans": 40e9, "alignment": 10e9}
THREAD_BYTES = 4e9
OPTIMIZER = 8 * FLOAT  # AdamW reads weight, gradient and two moments and writes three; the gradient is cleared
READ_AT_A_TIME = 65_536  # tokens of a batch in inference on a GPU, as fine_tuning/training.py has it


class Device(NamedTuple):
    """What a job computes on: `gpu` or `cpu`, and its name."""

    kind: Literal["gpu", "cpu"]
    name: str


def precision_of(job: PlannedJob, device: Device) -> Precision:
    """Of a job's products."""
    return wanted_precision(job.trainings[0].precision if job.trainings else "float32", device)


def wanted_precision(wanted: Asked, device: Device) -> Precision:
    """What `compute.precision` comes to on a device."""
    return precision_on("cuda" if device.kind == "gpu" else "cpu", wanted)


def plan_of(training: Training, precision: Precision, device: Device, memory: float | None) -> UpdatePlan:
    """How an update of a fine-tuning is computed in `memory` bytes of a GPU (None: those of its data sheet) or on the
    CPU. Where nothing fits, one item at a time; `plans` says so."""
    sheet = facts.gpu(device.name)
    budget = gpu_budget(memory or sheet.memory * 1e9) if device.kind == "gpu" else host_budget(training.host)
    try:
        return choose_plan(replace(training.update, device=device.kind), precision, budget)
    except InputError:
        return UpdatePlan(1, precision, recompute=True)


def seconds(job: PlannedJob, device: Device, threads: int, memory: float | None = None) -> float:
    """Seconds of a job's arithmetic, its start left out."""
    if job.kind != "training":
        peak = facts.gpu(device.name).float32 * 1e12 * GPU_SHARE[job.kind]
        return job.work / (peak if device.kind == "gpu" else threads * THREAD_FLOPS[job.kind])
    precision = precision_of(job, device)
    return sum(_training_seconds(training, precision, device, threads, memory) for training in job.trainings)


class _Work(NamedTuple):
    """FLOP, bytes moved, and kernels started."""

    flop: float
    moved: float
    kernels: float


def _training_seconds(
    training: Training, precision: Precision, device: Device, threads: int, memory: float | None
) -> float:
    parts = _trained(training, precision, device, memory), _read(training, precision, device)
    if device.kind == "cpu":
        return sum(part.flop / THREAD_FLOPS["training"] + part.moved / THREAD_BYTES for part in parts) / threads
    sheet = facts.gpu(device.name)
    half = precision == "bf16" and sheet.bf16
    flops = 1e12 * (sheet.bf16 * PRODUCTS["bf16"] if half else sheet.float32 * PRODUCTS["float32"])
    bytes_a_second = sheet.bandwidth * 1e12 * BANDWIDTH_SHARE
    return sum(max(p.flop / flops + p.moved / bytes_a_second, p.kernels * KERNEL_START) for p in parts)


def _trained(training: Training, precision: Precision, device: Device, memory: float | None) -> _Work:
    """Both passes, and what computing in less memory adds: a forward pass each for recomputing and a gradient cache."""
    update, shape = training.update, training.update.shape
    passes, again, rows = training.passes, 0, shape.vocabulary
    if passes is None:
        plan = plan_of(training, precision, device, memory)
        passes = ceil(update.batch.items / (plan.micro_batch or update.batch.items))
        again = plan.recompute + (update.settings.in_batch and plan.micro_batch is not None)
        rows = min(rows, facts.TOUCHED)
    numbers = shape.encoder + rows * (update.dim or shape.dim)
    saved = _saved(training, precision, device)
    return _Work(
        training.work * (1 + again / 3),
        training.trained * saved * (MOVED + again * MOVED_FORWARDS) + training.updates * OPTIMIZER * numbers,
        training.updates * passes * shape.layers * KERNELS * (1 + again / 3),
    )


def _read(training: Training, precision: Precision, device: Device) -> _Work:
    batches = ceil(training.read / READ_AT_A_TIME)
    moved = training.read * _saved(training, precision, device) * MOVED_FORWARDS
    return _Work(training.reading, moved, batches * training.update.shape.layers * KERNELS / 3)


def _saved(training: Training, precision: Precision, device: Device) -> float:
    """Bytes that a token leaves in a forward pass; a CPU's fused attention, that of inference, leaves as many."""
    update = replace(training.update, device="gpu")
    return saved_per_token(update, round(training.length), UpdatePlan(None, precision))
