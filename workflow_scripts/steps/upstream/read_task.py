"""One canonical table of a task, from the upstream files of its sources."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from itertools import chain

    from semantic_tokens import tables
    from semantic_tokens.sources.canonical import folder_of, task_rows
    from semantic_tokens.sources.files import Skips
    from semantic_tokens.sources.left_out import notices, write_skips

    skips: Skips = {}
    table, given = job.wildcards.table, job.params
    folders = zip(given.sources, map(folder_of, job.input.records), strict=True)
    rows = chain.from_iterable(
        task_rows(source, table, folder, given.languages, skips, given.limits, given.left_out, given.seed)
        for source, folder in folders
    )
    tables.write_rows(table, rows, job.output.table)
    write_skips(skips, job.output.skipped)
    job.say(notices([job.output.skipped]))
