"""The table of a task that has its own, from the file that the config names."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    from semantic_tokens import tables
    from semantic_tokens.tasks import task

    own = task(job.params.task)
    assert own.own_table and own.read, "only tasks with their own table have this rule"
    tables.write_rows(own.own_table, own.read(Path(job.input.file)), job.output.table, job.params.languages)
