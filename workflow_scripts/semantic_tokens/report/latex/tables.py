"""Tables 1, 2, 4 and 5 of a run as LaTeX, and Table 3 where a pretraining step was measured."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import pyarrow as pa

from semantic_tokens import csv_rows
from semantic_tokens.conditions import Condition, Grouping
from semantic_tokens.report import METRIC_NAMES, PRIMARY_METRIC, TASK_NAMES, TASK_ORDER, table3
from semantic_tokens.report.latex.booktabs import Block, Column, Markup, escape, table
from semantic_tokens.report.pages import matrix, words
from semantic_tokens.report.printed import TRANSFER
from semantic_tokens.report.table5 import Cell, oracle_of
from semantic_tokens.tasks import declared

LEXICON = "lexicon-"  # what the methods of Table 4 begin with, which group the words of dictionaries
_SETTINGS = {
    "epochs": "Epochs", "zero_shot_epochs": "Epochs, zero-shot", "batch_size": "Batch size",
    "learning_rate": "Learning rate", "warmup_ratio": "Warm-up ratio", "max_length": "Longest input (tokens)",
}  # fmt: skip


def tasks(scores: pa.Table) -> str:
    """Table 1: what the conditions of a `scores` table were scored on."""
    found: dict[str, dict[str, int]] = {}
    for row in scores.to_pylist():
        if row["metric"] == PRIMARY_METRIC[row["task"]]:
            found.setdefault(row["task"], {})[row["lang"]] = row["n"]
    rows = [
        [
            TASK_NAMES[task],
            "embedding" if declared()[task].embedding else "classification",
            METRIC_NAMES[PRIMARY_METRIC[task]],
            f"{len(found[task])}",
            f"{sum(found[task].values()):,}",
            " ".join(sorted(found[task])),
        ]
        for task in TASK_ORDER
        if task in found
    ]
    columns = [
        Column("Task", side="l"), Column("Kind", side="l"), Column("Metric", side="l"), Column("Languages"),
        Column("Items"), Column("", side="l"),
    ]  # fmt: skip
    return table(
        columns, [Block(rows)], "Tasks, their languages and the items that are scored.", "tab:tasks", wide=True
    )


def settings(of_tasks: Mapping[str, Mapping[str, Any] | None]) -> str:
    """Table 2: how each task is fine-tuned, of the config's section `tasks`; one that it lacks is None."""
    given = {task: own for task, own in of_tasks.items() if own is not None}
    shown = [task for task in TASK_ORDER if task in given]
    rows = [
        [name, *(_number(given[task].get(key)) for task in shown)]
        for key, name in _SETTINGS.items()
        if any(given[task].get(key) is not None for task in shown)
    ]
    columns = [Column("", side="l"), *(Column(TASK_NAMES[task]) for task in shown)]
    return table(columns, [Block(rows)], "Fine-tuning, task by task.", "tab:fine-tuning")


def step_costs(rows: Sequence[Mapping[str, Any]]) -> str:
    """Table 3: what a pretraining step costs, of the rows of `table3`."""
    columns = [
        Column(Markup("$d$")), Column("Ratio"), Column("Params (M)"),
        *(Column(head, "Peak memory (MiB)") for head in ("ours", "library")),
        *(Column(head, "Steps/s") for head in ("ours", "library")), Column("Params (M)", "Paper"),
        Column("Memory (GB)", "Paper"), Column("Steps/s", "Paper"),
    ]  # fmt: skip
    body = [
        [
            f"{row['dim']}",
            f"{round(100 * row['ratio'])}%",
            f"{row['parameters_millions']:.1f}",
            *(f"{row[name]:,.0f}" for name in ("peak_mib", "library_peak_mib")),
            *(f"{row[name]:.2f}" for name in ("steps_per_second", "library_steps_per_second")),
            *(_number(row[f"printed_{name}"]) for name in table3.PRINTED),
        ]
        for row in rows
    ]
    machines = " and ".join(dict.fromkeys(row["machine"] for row in rows))
    caption = f"A masked-LM pretraining step by embedding dimensions d and grouping ratio, on {machines}."
    return table(columns, [Block(body)], caption, "tab:step-costs", wide=True)


def lexicons(scores: pa.Table, paper: Path) -> str:
    """Table 4: grouping by dictionaries beside the full vocabulary and K-Means, on the task and language of `paper`,
    reference/table4.csv, for each backbone and training of a `scores` table that has such a grouping."""
    printed = {_printed_name(row): row for row in csv_rows.read(paper)}
    (task, lang) = next((row["task"], row["lang"]) for row in printed.values())
    values: dict[tuple[str, str], dict[Condition, list[float]]] = {}
    for row in scores.to_pylist():
        if (row["task"], row["lang"], row["metric"]) == (task, lang, PRIMARY_METRIC[task]):
            block = values.setdefault((row["backbone"], row["transfer"]), {})
            block.setdefault(Condition.from_columns(row), []).append(row["value"])
    blocks = []
    for (backbone, transfer), found in values.items():
        if any(c.grouping.method.startswith(LEXICON) for c in found):
            oracle = oracle_of(found, backbone)
            whole = fmean(found[oracle]) if oracle else None
            rows = [
                [
                    words.vocabulary(c),
                    words.score(fmean(found[c])),
                    _percent(fmean(found[c]) / whole) if whole else None,
                    printed[str(c.grouping)]["value"] if backbone == "mbert" and str(c.grouping) in printed else None,
                ]
                for c in sorted(found, key=words.reading_order)
            ]
            blocks.append(Block(rows, f"{backbone}, {transfer}"))
    columns = [Column("Vocabulary", side="l"), Column("Score"), Column("% of oracle"), Column("Paper")]
    caption = f"Grouping by dictionaries: {TASK_NAMES[task]}, {METRIC_NAMES[PRIMARY_METRIC[task]]}, {lang}."
    return table(columns, blocks, caption, "tab:lexicons")


def _printed_name(row: Mapping[str, str]) -> str:
    """What a condition calls the grouping of a row of reference/table4.csv."""
    if row["lexicon"]:
        return f"{LEXICON}{row['lexicon']}"
    percent = None if row["grouping"] == "full" else round(100 * float(row["ratio"]))
    return str(Grouping(row["grouping"], percent))


def scores(cells: Sequence[Cell], beside: matrix.Beside) -> str:
    """Table 5: every condition on every task. `beside`: what the paper prints (`printed.beside`)."""
    found = matrix.build(cells, (), beside, TRANSFER)
    heads = [
        Column(head, f"{title} ({metric})") for _, title, metric in found.columns for head in ("score", "%", "paper %")
    ]
    columns = [
        Column("Vocabulary", side="l"),
        Column(Markup("$d$")),
        Column("CLSA", side="c"),
        Column("Cont. pt.", side="c"),
        *heads,
    ]
    blocks = [
        Block([_row(row) for row in rows], f"{backbone}, {transfer}") for (backbone, transfer), rows in found.blocks
    ]
    papers = ", ".join(words.backbone_of_paper(name) for name in dict.fromkeys(found.papers.values()))
    caption = (
        "Scores, and the share of the oracle's score that a condition retains, with its 95% interval. "
        + (f"Paper: the share that Table 5 of Zhang et al. (2024) prints for {papers}. " if papers else "")
        + "Bold: the oracle of each block."
    )
    return table(columns, blocks, caption, "tab:scores", wide=True)


def _row(row: matrix.Row) -> list[str | None]:
    c = row.condition
    name = escape(words.vocabulary(c))
    head = [
        Markup(rf"\textbf{{{name}}}" if row.is_oracle else name),
        f"{c.dim}",
        _ticked(c),
        _tick(c.pretraining == "mlm"),
    ]
    return [*head, *(cell for entry in row.entries for cell in _entry(entry))]


def _entry(entry: matrix.Entry | None) -> list[str | None]:
    if entry is None:
        return [None, None, None]
    cell = entry.cell
    interval = words.interval(cell.retained_low, cell.retained_high)
    ends = Markup(rf" {{\scriptsize [{escape(interval)}]}}") if interval else ""
    retained = _percent(cell.retained)
    return [
        words.score(cell.score),
        None if retained is None else Markup(f"{retained}{ends}"),
        _percent(entry.paper.retained) if entry.paper else None,
    ]


def _ticked(condition: Condition) -> str:
    kind, _, sources = condition.alignment.partition("-")
    return "" if kind == "none" else sources if kind == "clsa" else f"shuffled {sources}"


def _tick(yes: bool) -> str:
    return "yes" if yes else ""


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{100 * share:.1f}"


def _number(value: Any) -> str | None:
    return None if value is None else f"{value:g}"
