"""What a config would cost, before anything runs, and how far each number is guessed.

Snakemake lists the jobs (`dag`); one formula a step gives the work of each (`formulas`, from the config, `items`,
`shapes` and `facts`); recorded runs or assumptions turn work into seconds (`speeds`, `costs`), a schedule turns those
into wall time (`schedule`), and `table` shows it.
"""

from semantic_tokens.estimate.costs import Cost, Hardware, costs, hardware_of
from semantic_tokens.estimate.table import Row, as_text, on_demand, rows, uncounted, without_gpus, write_csv

__all__ = [
    "Cost", "Hardware", "Row", "as_text", "costs", "hardware_of", "on_demand", "rows", "uncounted", "without_gpus",
    "write_csv",
]  # fmt: skip
