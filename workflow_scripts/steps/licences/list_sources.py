"""Which sources and backbones a run read, at which revision and on which terms."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    import csv
    import json
    from pathlib import Path

    records = [json.loads(Path(record).read_text(encoding="utf-8")) for record in job.input.records]
    rows = [{key: value for key, value in row.items() if key != "state"} for row in [*records, *job.params.backbones]]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with job.output.table.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns)
        writer.writeheader()
        writer.writerows(rows)
