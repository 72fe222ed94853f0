"""The tables about groups: groups.csv, one row per grouping (sizes, and agreement with the concepts of words).

Beside it stand mixing.csv, dictionary_pairs.csv and stability.csv, which hold the rows of `analysis`.
"""

import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar, get_args

import numpy as np

from semantic_tokens import csv_rows
from semantic_tokens.analysis.concepts import Agreement, Meaning, meanings, measure_agreement
from semantic_tokens.analysis.sizes import GroupSizes, measure_sizes
from semantic_tokens.conditions import Condition
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.surface import word_initial

__all__ = ["GroupMeasures", "Meaning", "meanings", "measure", "read", "read_rows", "write", "write_rows"]
Row = TypeVar("Row")


@dataclass(frozen=True)
class GroupMeasures(Agreement, GroupSizes):
    """One partition.

    condition         the condition right after the grouping, before pretraining
    mixed_share       share of its groups with both word-initial and word-internal pieces
    language_unknown  share of the tokens that random-stratified spread by script, as it did not know their language;
                      None for other methods
    """

    condition: Condition
    mixed_share: float
    language_unknown: float | None


def measure(
    condition: Condition, partition: VocabularyPartition, words: Mapping[str, Meaning | None], seed: int
) -> GroupMeasures:
    """Measure one partition; `words` are the true meanings as far as they are known; `seed` deals the random groups."""
    kept, sizes = partition.group_of >= 0, partition.group_sizes()
    initial = partition.group_of[kept & word_initial(partition.tokens)]
    n_initial = np.bincount(initial, minlength=partition.n_groups)
    return GroupMeasures(
        condition=condition,
        mixed_share=float(np.mean((n_initial > 0) & (n_initial < sizes))),
        language_unknown=partition.details.get("language_unknown"),
        **vars(measure_sizes(partition)),
        **vars(measure_agreement(partition, words, seed)),
    )


def write(measures: Iterable[GroupMeasures], path: Path) -> None:
    """Write groups.csv."""
    write_rows(GroupMeasures, measures, path)


def read(path: Path) -> list[GroupMeasures]:
    """Read what `write` wrote."""
    return read_rows(GroupMeasures, path)


def write_rows(kind: type[Row], rows: Iterable[Row], path: Path) -> None:
    """Write dataclasses of one kind as CSV, the column `condition` first."""
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    csv_rows.write(sorted(names, key=lambda name: name != "condition"), map(vars, rows), path)


def read_rows(kind: type[Row], path: Path) -> list[Row]:
    """Read what `write_rows` wrote of that kind: Mixing, DictionaryMeasures, Stability, GroupMeasures."""
    types_of = {field.name: field.type for field in fields(kind)}  # type: ignore[arg-type]
    return [kind(**{name: _parse(row[name], of) for name, of in types_of.items()}) for row in csv_rows.read(path)]


def _parse(text: str, kind: Any) -> Any:
    if kind is Condition:
        return Condition.parse(text)
    if isinstance(kind, types.UnionType):
        return None if text == "" else get_args(kind)[0](text)
    return kind(text)
