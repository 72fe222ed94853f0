"""Scores of one condition, in the form that steps write."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import pyarrow as pa

from semantic_tokens.conditions import Condition
from semantic_tokens.tables import SCHEMAS


class ScoreRow(NamedTuple):
    """One score of one language; `value` and `chance` are fractions, `n` the number of items scored, `passages` that of
    the passages that were searched, where a task searches any."""

    lang: str
    metric: str
    value: float
    chance: float
    n: int
    passages: int | None = None


def score_table(
    condition: Condition,
    transfer: str,
    seed: int,
    scores: Mapping[str, Sequence[ScoreRow]],
    settings: Mapping[str, str | None] = MappingProxyType({}),
) -> pa.Table:
    """The scores of one condition, by task, in the schema of the table `scores` without its columns run and study.

    `settings`: task -> what `Scored.recorded` says.
    """
    about = condition.columns() | {"transfer": transfer, "seed": seed}
    rows = [
        about | {"task": task, "settings": settings.get(task)} | row._asdict()
        for task, task_rows in scores.items()
        for row in task_rows
    ]
    columns = [field for field in SCHEMAS["scores"] if field.name not in ("run", "study")]
    return pa.Table.from_pylist(rows, pa.schema(columns))
