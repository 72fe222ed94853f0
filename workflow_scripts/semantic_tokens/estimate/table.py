"""The estimate as rows (all, each stage, each study), as text and as CSV."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from tabulate import tabulate

from semantic_tokens import csv_rows
from semantic_tokens.estimate import formulas, plans
from semantic_tokens.estimate.costs import Hardware, JobCost
from semantic_tokens.estimate.jobs import ARITHMETIC, Plan
from semantic_tokens.estimate.roofline import precision_of
from semantic_tokens.estimate.schedule import ScheduledJob, wall_seconds

# The order in which the stages run, as the named targets are called; scores stand last, one stage a bundle of tasks.
STAGES = ("data", "backbones", "tokens", "alignment", "groups", "models", "pretrain")
LAST = ("measures",)
GB = 1e9
NOTHING = "-"
LEGEND = """\
work: exact = follows from the config or is published; sampled = counts times mean lengths of samples; assumed.
speed: measured = recorded by the same kind of job on this device; scaled = recorded with another model, thread count or
device; assumed = not recorded by any run.
update of: items of a batch computed at a time, and peak memory of all tensors with the longest rows and the largest
vocabulary; on a CPU, within the memory that the rule asks for.
Not counted: a cluster's queues; failed jobs.
Assumed GPU speeds may be two to four times too high, to judge by the paper's Table 3. More: docs/estimate.md"""


@dataclass(frozen=True)
class EstimateRow:
    """One line. `alone_hours`: device-hours that nothing but this study needs, or that a target on demand needs beyond
    `all` (None for other lines). The last six are shares of the jobs' seconds, by how their amount of work and their
    speed are known; three of a kind add up to 1."""

    scope: str
    name: str
    jobs: int
    gpu_hours: float
    core_hours: float
    wall_hours: float
    alone_hours: float | None
    disk_gb: float
    download_gb: float
    at_hand_gb: float
    work_exact: float
    work_sampled: float
    work_assumed: float
    speed_measured: float
    speed_scaled: float
    speed_assumed: float


def rows(plan: Plan, costs: Mapping[str, JobCost], hardware: Hardware, studies: Iterable[str]) -> list[EstimateRow]:
    """A row for everything, then one a stage, then one a study; a job that several studies share counts in each."""
    found = [_row("all", "all", list(costs.values()), hardware)]
    by_stage: dict[str, list[JobCost]] = {stage: [] for stage in STAGES}
    for cost in costs.values():
        by_stage.setdefault(cost.job.stage, []).append(cost)
    by_stage |= {stage: by_stage.pop(stage, []) for stage in LAST}
    found += [_row("stage", stage, group, hardware) for stage, group in by_stage.items() if group]
    for study in studies:
        own = [costs[job.output] for job in plan.of(study)]
        alone = sum(cost.seconds for cost in own if plan.studies[cost.job.output] == {study})
        found.append(_row("study", study, own, hardware, alone / 3600))
    return found


def on_demand(target: str, own: Mapping[str, JobCost], whole: Mapping[str, JobCost], hardware: Hardware) -> EstimateRow:
    """A row for a target that `all` does not ask for, whose jobs cost `own`; those of `all` cost `whole`."""
    beyond = sum(cost.seconds for output, cost in own.items() if output not in whole)
    return _row("on demand", target, list(own.values()), hardware, beyond / 3600)


def without_gpus(costs: Mapping[str, JobCost]) -> str:
    """A line about the same jobs without a GPU."""
    return f"without a GPU: {_span(sum(cost.core_seconds for cost in costs.values()) / 3600)} of cores"


def as_text(
    found: list[EstimateRow],
    plan: Plan,
    costs: Mapping[str, JobCost],
    hardware: Hardware,
    notes: Iterable[str],
    memory: float | None,
) -> str:
    """Tables for a terminal: stages, studies, how updates fit into memory, the speeds that arithmetic was
    given, downloads. `memory`: GB of a GPU by the config."""
    size, said_by = plans.memory_of_gpu(hardware.gpu, memory)
    total = found[0]
    lead = f"{total.jobs} jobs; {_span(total.wall_hours)} on {hardware}; {_device_time(total)}"
    stages = [row for row in found if row.scope == "stage"]
    studies, targets = (
        [[*_cells(row), _span(row.alone_hours or 0)] for row in found if row.scope == scope]
        for scope in ("study", "on demand")
    )
    head = ["jobs", "GPU time", "core time", "wall time", "disk", "download", "at hand", "work is", "speed is"]
    parts = [
        lead,
        _table(["stage", *head], [_cells(row) for row in [*stages, total]]),
        _table(["study", *head, "not shared"], studies),
        _table(["on demand", *head, "beyond all"], targets),
        f"fine-tuning on a GPU of {size:g} GB ({said_by}), and on others:",
        _table(plans.head(size), plans.lines(plan, hardware.gpu, size)),
        _table(["speed of", "on", "in", "a device", "known how"], _speeds(costs)),
        _table(["download", "size", "at hand", "size is"], _downloads(costs)),
        LEGEND,
        *notes,
    ]
    return "\n\n".join(part for part in parts if part)


def write_csv(found: list[EstimateRow], path: Path) -> None:
    """One line per row; hours, GB (10^9 bytes) and shares."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = (
        {key: f"{value:.4g}" if isinstance(value, float) else value for key, value in asdict(row).items()}
        for row in found
    )
    csv_rows.write([field.name for field in fields(EstimateRow)], rows, path)


def _row(scope: str, name: str, group: list[JobCost], hardware: Hardware, alone: float | None = None) -> EstimateRow:
    seconds = sum(cost.seconds for cost in group)

    def share(known: str) -> float:
        chosen = [c.seconds for c in group if known in (f"work_{c.job.known}", f"speed_{c.speed.basis}")]
        return sum(chosen) / seconds

    return EstimateRow(
        scope,
        name,
        len(group),
        sum(cost.gpu_seconds for cost in group) / 3600,
        sum(cost.core_seconds for cost in group) / 3600,
        wall_seconds([_scheduled(cost) for cost in group], hardware.gpus, hardware.cores) / 3600,
        alone,
        sum(cost.job.leaves for cost in group) / GB,
        sum(cost.download for cost in group) / GB,
        sum(cost.at_hand for cost in group) / GB,
        *(share(field.name) for field in fields(EstimateRow)[-6:]),
    )


def _scheduled(cost: JobCost) -> ScheduledJob:
    units = 1 if cost.device.kind == "gpu" else cost.job.threads
    return ScheduledJob(cost.job.output, cost.job.needs, cost.device.kind, units, cost.seconds)


def _table(head: list[str], lines: list[list[str]]) -> str:
    """Plain text, without columns that hold nothing; empty if there are no lines."""
    used = [number for number in range(len(head)) if any(line[number] != NOTHING for line in lines)]
    chosen = [[line[number] for number in used] for line in lines]
    return tabulate(chosen, [head[number] for number in used], disable_numparse=True) if lines else ""


def _cells(row: EstimateRow) -> list[str]:
    spans = [_span(hours) for hours in (row.gpu_hours, row.core_hours, row.wall_hours)]
    sizes = [_size(size * GB) for size in (row.disk_gb, row.download_gb, row.at_hand_gb)]
    work = _shares({"exact": row.work_exact, "sampled": row.work_sampled, "assumed": row.work_assumed})
    speed = _shares({"measured": row.speed_measured, "scaled": row.speed_scaled, "assumed": row.speed_assumed})
    return [row.name, f"{row.jobs:,}", *spans, *sizes, work, speed]


def _speeds(costs: Mapping[str, JobCost]) -> list[list[str]]:
    """One line for each kind of arithmetic, precision and origin: the slowest and the fastest of its jobs."""
    rates: dict[tuple[str, ...], list[float]] = {}
    for cost in costs.values():
        if cost.job.kind in ARITHMETIC:
            speed = cost.speed
            origin = f"{speed.basis}, {speed.samples} recorded jobs" if speed.samples else speed.basis
            what = f"{cost.job.kind}: {cost.job.like}" if speed.basis == "measured" else cost.job.kind
            key = what, cost.device.kind, precision_of(cost.job, cost.device), origin
            rates.setdefault(key, []).append(speed.rate / 1e9)
    return [[*key[:3], _range(found), key[3]] for key, found in rates.items()]


def _range(rates: list[float]) -> str:
    low, high = f"{min(rates):,.1f}", f"{max(rates):,.1f}"
    return f"{low} GFLOP/s" if low == high else f"{low} to {high} GFLOP/s"


def _downloads(costs: Mapping[str, JobCost]) -> list[list[str]]:
    found = [cost for cost in costs.values() if cost.download]
    return [
        [c.job.resource.title if c.job.resource else "", _size(c.download), _size(c.at_hand), c.job.known]
        for c in found
    ]


def uncounted(plans: Iterable[Plan]) -> list[str]:
    """Lines about the jobs of these plans that no row counts: of seconds, and those that nobody has timed."""
    plans = list(plans)
    free, unknown = (
        {step: max(count[step] for count in counts) for step in sorted({step for count in counts for step in count})}
        for counts in ([Counter(plan.free) for plan in plans], [Counter(plan.unknown) for plan in plans])
    )
    lines = [f"not counted: {sum(free.values())} jobs of seconds: tables, figures and pages"] if free else []
    return lines + [f"not estimated: {count} x {step}: {formulas.unknown(step)}" for step, count in unknown.items()]


def _device_time(row: EstimateRow) -> str:
    """Time of the GPUs if there are any, and of the cores."""
    cores = f"{_span(row.core_hours)} of cores"
    return f"{_span(row.gpu_hours)} of GPUs and {cores}" if row.gpu_hours else cores


def _shares(shares: Mapping[str, float]) -> str:
    """`assumed 61%, exact 39%`, the largest first, less than half a percent left out."""
    ordered = sorted(shares.items(), key=lambda pair: -pair[1])
    return ", ".join(f"{name} {share:.0%}" for name, share in ordered if share >= 0.005)


def _span(hours: float) -> str:
    """Three digits at most, in the unit that suits."""
    for unit, size in (("h", 1), ("min", 1 / 60)):
        if hours >= 2 * size:
            return f"{hours / size:,.0f} {unit}" if hours >= 10 * size else f"{hours / size:.1f} {unit}"
    return f"{hours * 3600:.0f} s" if hours else NOTHING


def _size(size: float) -> str:
    for unit, factor in (("GB", 1e9), ("MB", 1e6)):
        if size >= factor:
            return f"{size / factor:,.0f} {unit}" if size >= 10 * factor else f"{size / factor:.1f} {unit}"
    return f"{size / 1e3:.0f} kB" if size else NOTHING
