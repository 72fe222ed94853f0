"""What an alignment reports: its history by epoch, and how much of the dictionaries it could use."""

from pathlib import Path

import pyarrow as pa
from pyarrow import csv

from semantic_tokens.alignment.infonce import AlignmentResult
from semantic_tokens.alignment.pairs import TokenPairs


def write_history(result: AlignmentResult, pairs: TokenPairs, history: Path, coverage: Path) -> None:
    """Write two CSV files: the history by learning rate and epoch, the coverage by language pair."""
    csv.write_csv(pa.Table.from_pylist(result.history), history)
    csv.write_csv(pairs.coverage, coverage)


def chosen_learning_rate(history: Path) -> float:
    """The learning rate that an alignment chose, out of its history."""
    return next(row["learning_rate"] for row in csv.read_csv(history).to_pylist() if row["chosen"])
