"""Partitions with the conditions that they belong to, one in memory at a time."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from semantic_tokens.conditions import Condition
from semantic_tokens.grouping.partition import VocabularyPartition


def load_partitions(groupings: Iterable[str], paths: Iterable[Path]) -> Iterator[tuple[Condition, VocabularyPartition]]:
    """(condition right after the grouping, its partition) for each path `backbone/.../grouping` and its file."""
    for grouping, path in zip(groupings, paths, strict=True):
        yield Condition.of_grouped(grouping), VocabularyPartition.load(path)
