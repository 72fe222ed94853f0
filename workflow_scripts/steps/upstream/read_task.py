"""One canonical table of a task, from the upstream files of its source."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens import tables
    from semantic_tokens.sources.canonical import folder_of, task_rows, write_skips
    from semantic_tokens.sources.files import Skips

    skips: Skips = {}
    table, given = job.wildcards.table, job.params
    rows = task_rows(given.source, table, folder_of(job.input.record), given.languages, skips, given.train_examples)
    tables.write_rows(table, rows, job.output.table)
    write_skips(skips, job.output.skipped)
