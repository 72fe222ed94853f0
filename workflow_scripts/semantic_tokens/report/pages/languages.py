"""Scores by language, and means without one."""

from collections.abc import Sequence
from statistics import fmean
from typing import Any

import pyarrow as pa

from semantic_tokens.conditions import Condition
from semantic_tokens.report import METRIC_NAMES, PRIMARY_METRIC, TASK_NAMES, TASK_ORDER, table5
from semantic_tokens.report.pages.words import reading_order
from semantic_tokens.report.table5 import Cell


def tables(scores: pa.Table) -> list[dict[str, Any]]:
    """For every task, metric and transfer: languages, and one row per condition of scores by language, mean over
    seeds."""
    values: dict[tuple[str, str, str], dict[Condition, dict[str, list[float]]]] = {}
    for row in scores.to_pylist():
        measure = values.setdefault((row["task"], row["metric"], row["transfer"]), {})
        measure.setdefault(Condition.from_columns(row), {}).setdefault(row["lang"], []).append(row["value"])
    found = []
    in_order = sorted(values, key=lambda key: (TASK_ORDER.index(key[0]), key[1] != PRIMARY_METRIC[key[0]], key))
    for task, metric, transfer in in_order:
        rows = values[task, metric, transfer]
        languages = sorted({lang for by_language in rows.values() for lang in by_language})
        ordered = sorted(rows, key=lambda c: (c.backbone, *reading_order(c)))
        filled = [(c, [fmean(rows[c][lang]) for lang in languages]) for c in ordered]
        title = f"{TASK_NAMES[task]}, {METRIC_NAMES[metric]}, {transfer}"
        found.append({"title": title, "languages": languages, "rows": filled})
    return found


def means_without(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """The means without a language, by task: the language, the others, and a row per condition with its cell."""
    chosen = [cell for cell in cells if cell.metric == PRIMARY_METRIC[cell.task]]
    keys = dict.fromkeys((cell.task, cell.transfer, cell.without) for cell in chosen)
    return [
        {
            "title": f"{TASK_NAMES[task]} without {without}, {METRIC_NAMES[PRIMARY_METRIC[task]]}, {transfer}",
            "rows": sorted(
                (cell for cell in chosen if (cell.task, cell.transfer, cell.without) == (task, transfer, without)),
                key=lambda cell: (cell.condition.backbone, *reading_order(cell.condition)),
            ),
        }
        for task, transfer, without in sorted(keys, key=lambda key: (TASK_ORDER.index(key[0]), key))
    ]


def of_means(cells: Sequence[Cell]) -> str:
    """The languages of the means of the tasks' primary metrics, in words."""
    chosen = [cell for cell in cells if cell.metric == PRIMARY_METRIC[cell.task]]
    return table5.languages_of_means({TASK_NAMES[cell.task]: cell.languages for cell in chosen})
