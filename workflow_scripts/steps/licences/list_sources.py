"""Which sources and backbones a run read, at which revision and on which terms."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    import json
    from pathlib import Path

    from semantic_tokens import csv_rows

    records = [json.loads(Path(record).read_text(encoding="utf-8")) for record in job.input.records]
    rows = [
        {key: value for key, value in row.items() if key not in ("state", "own")}
        for row in [*records, *job.params.backbones]
    ]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    csv_rows.write(columns, (dict.fromkeys(columns) | row for row in rows), job.output.table)
