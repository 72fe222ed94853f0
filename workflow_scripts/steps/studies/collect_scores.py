"""Collect the scores of every condition in one table."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens import tables
    from semantic_tokens.report import scores

    table = scores.collect(job.input.scores, job.params.run, job.params.studies)
    tables.write("scores", table, job.output.parquet)
    scores.write_csv(table, job.output.csv)
