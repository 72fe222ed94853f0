"""What a config would cost, before anything runs, and how far each number is guessed.

Amounts of work follow from the config (`rules`, `items`, `shapes`, `facts`), seconds from recorded runs or assumptions
(`speeds`, `costs`), wall time from a schedule (`schedule`); `table` shows it.
"""

from semantic_tokens.estimate.costs import Cost, Hardware, costs, hardware_of
from semantic_tokens.estimate.table import Row, as_text, rows, without_gpus, write_csv

__all__ = ["Cost", "Hardware", "Row", "as_text", "costs", "hardware_of", "rows", "without_gpus", "write_csv"]
