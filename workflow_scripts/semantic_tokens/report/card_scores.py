"""The scores on the model card of an export: those that the run has when the card is written."""

from pathlib import Path
from typing import Any

from semantic_tokens.conditions import Condition
from semantic_tokens.report import PRIMARY_METRIC, table5

_COLUMNS = ("task", "metric", "transfer", "score", "chance", "retained", "retained_by_random")


def main_scores(path: Path, condition: Condition) -> list[dict[str, Any]]:
    """The rows of Table 5 (`path`) on a condition, by each task's main metric; none where there is no table yet."""
    cells = table5.read(path) if path.is_file() else []
    own = (cell for cell in cells if cell.condition == condition and cell.metric == PRIMARY_METRIC[cell.task])
    return [{name: getattr(cell, name) for name in _COLUMNS} for cell in own]
