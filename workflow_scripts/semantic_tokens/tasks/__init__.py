"""Downstream tasks: features once per tokenizer, then fine-tune and evaluate any grouping of its vocabulary.

Every task is a module with the same four names:

- `METRICS`: the metrics it reports, the primary one first;
- `encode(tables, tokenizer, settings)`: features in the tokenizer's own ids, shared by all groupings. It takes each
  canonical table as an iterable of its parts and yields the features in parts: memory does not grow with the rows;
- `SCORE_TABLES`: the canonical tables that `score` reads beside the features;
- `score(features, tables, load, group_of, settings, transfer, seed, split, device)`: a list of `ScoreRow`. The
  features are a Parquet file, read column by column.
"""

import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, NamedTuple

import pyarrow as pa

from semantic_tokens.conditions import TASKS, Condition
from semantic_tokens.errors import InputError
from semantic_tokens.tables import SCHEMAS

TableParts = Mapping[str, Iterable[pa.Table]]  # canonical tables by name, each in parts of some thousand rows


class ScoreRow(NamedTuple):
    """One score of one language; `value` and `chance` are fractions, `n` the number of items scored."""

    lang: str
    metric: str
    value: float
    chance: float
    n: int


def task_module(name: str) -> ModuleType:
    """The module of task `name`, imported on demand (the modules need torch). Raises InputError for an unknown name."""
    if name not in TASKS:
        raise InputError(f"task {name!r}: unknown; allowed: {', '.join(TASKS)}")
    return importlib.import_module(f"{__name__}.{name}")


def encode_task(name: str, *args: Any, **kwargs: Any) -> Iterator[pa.Table]:
    """`encode` of task `name` with these arguments."""
    return task_module(name).encode(*args, **kwargs)


def score_task(name: str, *args: Any, **kwargs: Any) -> list[ScoreRow]:
    """`score` of task `name` with these arguments."""
    return task_module(name).score(*args, **kwargs)


def score_table(condition: Condition, transfer: str, seed: int, scores: Mapping[str, Sequence[ScoreRow]]) -> pa.Table:
    """The scores of one condition, by task, in the schema of the table `scores` without its columns run and study."""
    about = condition.columns() | {"transfer": transfer, "seed": seed}
    rows = [about | {"task": task} | row._asdict() for task, task_rows in scores.items() for row in task_rows]
    columns = [field for field in SCHEMAS["scores"] if field.name not in ("run", "study")]
    return pa.Table.from_pylist(rows, pa.schema(columns))
