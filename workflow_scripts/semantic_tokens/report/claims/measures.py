"""What claims read of measures that are not scores of tasks: the tables of the analyses, and Table 3.

A measure is named as in its table, then `:subject` if it has one, a pair of languages in alphabetical order, then
`@layer` if it has one: `script_separability`, `accuracy:ar`, `word_similarity:en-zh@last`. `@middle` and `@last` stand
for such layers, `@best` for the one where the measure of the model as a whole is most above chance.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from semantic_tokens import csv_rows
from semantic_tokens.analysis.intervals import Z
from semantic_tokens.analysis.measures import COLUMNS, SEED_ERROR
from semantic_tokens.conditions import Condition, Grouping
from semantic_tokens.errors import InputError
from semantic_tokens.report import table3
from semantic_tokens.report.claims.scores import MBERT_SHAPE, Key, Value

_Row = dict[str, str]
_PAIR = re.compile(r"[a-z]{2,3}-[a-z]{2,3}")


def of_tables(paths: Iterable[Path]) -> dict[Key, Value]:
    """The values of tables of analyses, and of efficiency.csv. InputError for a table that is neither."""
    values: dict[Key, Value] = {}
    for path in paths:
        rows = csv_rows.read(path)
        if not rows:
            continue
        if set(table3.COLUMNS) <= set(rows[0]):
            values |= _of_efficiency(rows)
        elif set(COLUMNS) <= set(rows[0]):
            values |= _of_analysis(rows)
        else:
            raise InputError(f"{path}: has columns {', '.join(rows[0])}; needed: {', '.join(COLUMNS)}")
    return values


def _of_efficiency(rows: list[_Row]) -> dict[Key, Value]:
    values = {}
    for row in rows:
        percent = round(100 * float(row["ratio"]))
        grouping = Grouping("full") if percent == 100 else Grouping("kmeans-cosine", percent)
        condition = str(Condition(MBERT_SHAPE, int(row["dim"]), "none", grouping, "mlm"))
        # Parameters and bytes are counted; a speed is one timing, of which no spread is known.
        values[condition, "parameters_millions", ""] = Value(float(row["parameters_millions"]), None, 0.0)
        values[condition, "memory_gb", ""] = Value(float(row["peak_mib"]) * 2**20 / 1e9, None, 0.0)
        values[condition, "steps_per_second", ""] = Value(float(row["steps_per_second"]), None)
    return values


def _of_analysis(rows: list[_Row]) -> dict[Key, Value]:
    values: dict[Key, Value] = {}
    by_model: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    for row in rows:
        by_model[row["condition"], row["measure"]].append(row)
    for (condition, measure), own in by_model.items():
        names = _names_of_layers(own)
        over_seeds = {row["subject"]: row for row in by_model.get((condition, SEED_ERROR), ())}
        for row in own:
            subject = row["subject"]
            if _PAIR.fullmatch(subject):
                subject = "-".join(sorted(subject.split("-")))
            task = f"{measure}:{subject}" if subject else measure
            found = _of_seeds(row, over_seeds.get(row["subject"])) if measure == "accuracy" else _of_sample(row)
            for layer in names[row["layer"]]:
                values[condition, task + layer, ""] = found
    return values


def _of_seeds(row: _Row, error: _Row | None) -> Value:
    """A score of a model that was fine-tuned: its interval is of the test items, and tells nothing of other seeds."""
    if error is None:
        return Value(float(row["value"]), chance=_chance(row))
    return Value(float(row["value"]), int(error["n"]), float(error["value"]), _chance(row))


def _of_sample(row: _Row) -> Value:
    """A measure of a model as it is, with the standard error that its 95% interval has if it is a normal one."""
    error = (float(row["high"]) - float(row["low"])) / (2 * Z) if row["low"] and row["high"] else None
    return Value(float(row["value"]), None, error, _chance(row))


def _chance(row: _Row) -> float | None:
    return float(row["chance"]) if row["chance"] else None


def _names_of_layers(rows: list[_Row]) -> dict[str, list[str]]:
    """Layer as in the table -> what it is called behind the measure's name; nothing where there are none."""
    layers = sorted({int(row["layer"]) for row in rows if row["layer"]})
    names: dict[str, list[str]] = {str(layer): [f"@{layer}"] for layer in layers} | {"": [""]}
    whole = {int(row["layer"]): _above_chance(row) for row in rows if row["layer"] and not row["subject"]}
    if layers:
        names[str(layers[len(layers) // 2])].append("@middle")
        names[str(layers[-1])].append("@last")
    if whole:
        names[str(max(whole, key=lambda layer: whole[layer]))].append("@best")
    return names


def _above_chance(row: _Row) -> float:
    return float(row["value"]) - float(row["chance"] or 0)
