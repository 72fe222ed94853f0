"""The downstream tasks, one file each: `TASK` declares the task (`fine_tuning/task.py`), the rest implements it.

A new task is a new file here and its section `tasks.<name>` in the config. None needs torch to be imported.
"""

import importlib
import pkgutil
from functools import cache

from semantic_tokens.errors import InputError
from semantic_tokens.fine_tuning.task import Task


@cache
def declared() -> dict[str, Task]:
    """All tasks by name, in the order of the page: the paper's first."""
    found = [task(module.name) for module in pkgutil.iter_modules(__path__)]
    return {one.name: one for one in sorted(found, key=lambda one: (one.place is None, one.place, one.name))}


@cache
def task(name: str) -> Task:
    """The task of this name. Raises InputError for an unknown name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    if name not in names:
        raise InputError(f"task {name!r}: unknown; allowed: {', '.join(names)}")
    found: Task = importlib.import_module(f"{__name__}.{name}").TASK
    if found.name != name:
        raise InputError(f"tasks/{name}.py: declares the task {found.name!r}; its name must be that of the file")
    return found


def shown() -> dict[str, tuple[object, ...]]:
    """What tables and pages say of each task, as plain values.

    The tasks are found by folder, so a step of the report does not import them; as a parameter, these values rerun it.
    """
    return {
        name: (task.title, task.place, task.embedding, list(task.metrics.items())) for name, task in declared().items()
    }
