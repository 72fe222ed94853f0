"""Wall time: jobs on so many GPUs and cores, each started as soon as what it needs is there and something is free."""

import heapq
from collections import defaultdict
from collections.abc import Sequence
from typing import Literal, NamedTuple


class Task(NamedTuple):
    """A job as the schedule sees it: its name, the names that it waits for, what it takes (`units` of a resource)."""

    name: str
    needs: tuple[str, ...]
    resource: Literal["gpu", "cpu"]
    units: int
    seconds: float


def wall_seconds(tasks: Sequence[Task], gpus: int, cores: int) -> float:
    """Seconds until all are done. Needs that are not among the tasks count as done; of tasks that could start, the
    first given starts first."""
    free = {"gpu": gpus, "cpu": cores}
    names = {task.name for task in tasks}
    missing = {task.name: len(set(task.needs) & names) for task in tasks}
    waiting_for = defaultdict(list)
    for task in tasks:
        for need in set(task.needs) & names:
            waiting_for[need].append(task.name)
    ready = [task for task in tasks if not missing[task.name]]
    order = {task.name: (number, task) for number, task in enumerate(tasks)}
    running: list[tuple[float, int, Task, int]] = []
    now = 0.0
    while ready or running:
        held = []
        for task in ready:
            units = min(task.units, {"gpu": gpus, "cpu": cores}[task.resource])
            if units <= free[task.resource]:
                free[task.resource] -= units
                heapq.heappush(running, (now + task.seconds, order[task.name][0], task, units))
            else:
                held.append(task)
        now, _, done, units = heapq.heappop(running)
        free[done.resource] += units
        for name in waiting_for[done.name]:
            missing[name] -= 1
            if not missing[name]:
                held.append(order[name][1])
        ready = sorted(held, key=lambda task: order[task.name][0])
    return now
