"""Wall time: jobs on a number of GPUs and cores, each started as soon as its inputs are ready and a device is free."""

import heapq
from collections import defaultdict
from collections.abc import Sequence
from typing import Literal, NamedTuple


class ScheduledJob(NamedTuple):
    """A job as the schedule sees it: its name, the names that it waits for, what it takes (`units` of a resource)."""

    name: str
    needs: tuple[str, ...]
    resource: Literal["gpu", "cpu"]
    units: int
    seconds: float


def wall_seconds(jobs: Sequence[ScheduledJob], gpus: int, cores: int) -> float:
    """Seconds until all are done. Needs that are not among the jobs count as done; of jobs that could start, the
    first given starts first."""
    free = {"gpu": gpus, "cpu": cores}
    names = {job.name for job in jobs}
    missing = {job.name: len(set(job.needs) & names) for job in jobs}
    waiting_for = defaultdict(list)
    for job in jobs:
        for need in set(job.needs) & names:
            waiting_for[need].append(job.name)
    ready = [job for job in jobs if not missing[job.name]]
    order = {job.name: (number, job) for number, job in enumerate(jobs)}
    running: list[tuple[float, int, ScheduledJob, int]] = []
    now = 0.0
    while ready or running:
        held = []
        for job in ready:
            units = min(job.units, {"gpu": gpus, "cpu": cores}[job.resource])
            if units <= free[job.resource]:
                free[job.resource] -= units
                heapq.heappush(running, (now + job.seconds, order[job.name][0], job, units))
            else:
                held.append(job)
        now, _, done, units = heapq.heappop(running)
        free[done.resource] += units
        for name in waiting_for[done.name]:
            missing[name] -= 1
            if not missing[name]:
                held.append(order[name][1])
        ready = sorted(held, key=lambda job: order[job.name][0])
    return now
