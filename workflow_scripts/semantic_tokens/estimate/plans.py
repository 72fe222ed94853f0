"""How fine-tuning would be computed on devices of several sizes: one line per task and backbone, with its largest
table."""

from dataclasses import replace

from semantic_tokens.errors import InputError
from semantic_tokens.estimate import facts
from semantic_tokens.estimate.jobs import Plan, Training
from semantic_tokens.estimate.roofline import Device, wanted_precision
from semantic_tokens.fine_tuning.memory import choose_plan, gpu_budget, host_budget, peak
from semantic_tokens.fine_tuning.plan import UpdatePlan

GB = 1e9
FINE_TUNING = ("score", "train_retriever")
SIZES = (80, 24)  # GB of GPUs in a data centre and in a workstation


def lines(plan: Plan, gpu: str, memory: float) -> list[list[str]]:
    """Cells: task, backbone, items of a batch; then how they are computed on a `gpu` of `memory` GB, on GPUs of
    `SIZES`, and on the CPU in what the rule asks for."""
    found = []
    for (task, backbone), training in largest(plan).items():
        items = training.update.batch.items
        cells = [in_words(training, Device("gpu", gpu), size * GB) for size in dict.fromkeys((memory, *SIZES))]
        found.append([task, backbone, str(items), *cells, in_words(training, Device("cpu", ""), training.host)])
    return found


def head(memory: float) -> list[str]:
    """The header of `lines`."""
    sizes = [f"{size:g} GB" for size in dict.fromkeys((memory, *SIZES))]
    return ["update of", "on", "batch", *sizes, "processor"]


def largest(plan: Plan) -> dict[tuple[str, str], Training]:
    """Of each (task, backbone) that is trained the training that needs most memory."""
    found: dict[tuple[str, str], Training] = {}
    for job in plan.jobs.values():
        for training in job.trainings if job.rule in FINE_TUNING else ():
            if not training.updates:
                continue
            key = training.update.task, job.output.split("/")[1]
            if key not in found or training.update.table > found[key].update.table:
                found[key] = training
    return found


def in_words(training: Training, device: Device, memory: float) -> str:
    """`whole, 12 GB`, `32 at a time, 70 GB`, `16 at a time, recomputed, 20 GB`, or what is missing: peaks of all
    tensors, the longest rows in every place."""
    update = replace(training.update, device=device.kind)
    precision = wanted_precision(training.precision, device)
    budget = gpu_budget(memory) if device.kind == "gpu" else host_budget(memory)
    try:
        chosen = choose_plan(update, precision, budget)
    except InputError:
        smallest = UpdatePlan(1, precision, recompute=True)
        return f"too small: {peak(update, smallest) / GB:.0f} GB are needed"
    how = f"{chosen.micro_batch} at a time" if chosen.micro_batch else "whole"
    return f"{how}{', recomputed' if chosen.recompute else ''}, {peak(update, chosen) / GB:.1f} GB"


def memory_of_gpu(name: str, given: float | None) -> tuple[float, str]:
    """GB of the assumed GPU, and where the figure comes from."""
    if given is not None:
        return given, "compute.gpu_memory"
    known = any(part in name for part in facts.GPUS)
    return facts.gpu(name).memory, "data sheet" if known else "assumed"
