"""What a folder of upstream files is good for: the sources in it, and the tasks that they suffice for."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from semantic_tokens.sources.files import Skipped
from semantic_tokens.sources.listing import FOLDERS
from semantic_tokens.tasks import task as task_named

ENOUGH = (
    500  # rows of a table; fewer are a sample of the data, not the data (the smallest language of MasakhaNER has 644)
)


@dataclass(frozen=True)
class Found:
    """A task, and why its files do not suffice (empty where they do)."""

    task: str
    lacks: str

    def __str__(self) -> str:
        return f"{self.task} ({self.lacks})" if self.lacks else self.task


def sources(candidates: Iterable[str], root: Path) -> list[str]:
    """Those of the sources that have a folder under `root`, laid out as docs/data.md says."""
    return [source for source in candidates if any((root / folder).is_dir() for folder in FOLDERS[source])]


def tasks(candidates: Iterable[str], root: Path) -> list[Found]:
    """Each of the tasks with what it lacks: a folder, or rows to train on.

    At most `ENOUGH` rows of each table are parsed. Raises InputError for a file that cannot be.
    """
    return [Found(task, _lacks(task, root)) for task in candidates]


def _lacks(task: str, root: Path) -> str:
    declared = task_named(task)
    if declared.own_table:
        return ""  # its file is named in the config, and checked there
    there = sources(declared.sources, root)
    missing = [source for source in declared.sources if source not in there]
    if missing:
        return f"no files of {', '.join(missing)}"
    split = "train" if declared.trained and not declared.training_sources else "test"
    # Candidates are made from the other tables, which must suffice themselves.
    for table in declared.formats:
        rows = ENOUGH if table == "candidates" else _count(table, there, root, split)
        if rows < ENOUGH:
            use = "train on" if split == "train" else "score"
            return f"only {rows} rows of {table} to {use}, fewer than {ENOUGH}"
    return ""


def _count(table: str, sources: list[str], root: Path, split: str) -> int:
    """Rows of the table that are of the split, or have none; counting stops at `ENOUGH`."""
    from semantic_tokens.sources.catalogue import files_of, local_folder  # parsers: loaded only where they are asked

    files = (file for source in sources for file in files_of(source, table, local_folder(source, root)))
    rows = (row for file in files for row in file.rows(Skipped()))
    return sum(1 for _ in islice((row for row in rows if row.get("split", split) == split), ENOUGH))
