"""What a row of the matrix opens to, and what two rows are compared by: data for the page's script."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

import pyarrow as pa

from semantic_tokens.analysis import intervals
from semantic_tokens.conditions import Condition
from semantic_tokens.report import METRIC_NAMES, PRIMARY_METRIC, TASK_NAMES
from semantic_tokens.report.costs import Cost
from semantic_tokens.report.pages import lineage, words
from semantic_tokens.report.pages.curves import Curve
from semantic_tokens.report.pages.matrix import Matrix, Row

_PLACES = 5  # of scores


def data(
    matrix: Matrix,
    scores: pa.Table,
    costs: Sequence[Cost],
    curves: Sequence[Curve],
    commands: Mapping[str, str],
    exports: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    """Plain values, by the ids of the rows.

    commands  condition -> the command that makes its scores; exports: condition -> form -> the command that makes it
    """
    by_language = _by_language(scores)
    numbers = {curve.of: number for number, curve in enumerate(curves, 1)}
    longest = max((len(found) for found in by_language.values()), default=2)
    return {
        "tasks": [[task, TASK_NAMES[task], METRIC_NAMES[PRIMARY_METRIC[task]]] for task in matrix.tasks],
        # Of Student's distribution, for intervals over two languages or more.
        "student": [round(intervals.student(n), 4) for n in range(1, max(longest, 2))],
        "rows": {
            row.id: {
                "name": words.name(row.condition),
                "backbone": row.condition.backbone,
                "transfer": row.transfer,
                "scores": {
                    task: by_language.get((str(row.condition), row.transfer, task), {}) for task in matrix.tasks
                },
                "steps": [_step(step) for step in lineage.of(row.condition, row.transfer, costs)],
                "curves": [numbers[of] for of in _trainings(row) if of in numbers],
                "command": commands.get(str(row.condition), ""),
                "exports": exports.get(str(row.condition), {}),
            }
            for row in matrix.rows
        },
    }


def _step(step: lineage.Step) -> tuple[str, str, str, str]:
    if step.seconds is None:
        return step.title, step.artifact, "", ""
    return step.title, step.artifact, words.duration(step.seconds), words.memory(step.peak_memory_mib)


def _trainings(row: Row) -> list[str]:
    condition = row.condition
    return [condition.backbone, condition.aligned, *([str(condition)] if condition.pretraining == "mlm" else [])]


def _by_language(scores: pa.Table) -> dict[tuple[str, str, str], dict[str, float]]:
    """(condition, transfer, task) -> language -> score by the task's primary metric, mean over seeds."""
    found: dict[tuple[str, str, str], dict[str, list[float]]] = {}
    for row in scores.to_pylist():
        if row["metric"] == PRIMARY_METRIC[row["task"]]:
            key = (str(Condition.from_columns(row)), row["transfer"], row["task"])
            found.setdefault(key, {}).setdefault(row["lang"], []).append(row["value"])
    return {
        key: {lang: round(fmean(values), _PLACES) for lang, values in sorted(by.items())} for key, by in found.items()
    }
