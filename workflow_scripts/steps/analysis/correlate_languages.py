"""Correlation of the languages' drops between tasks."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens import tables
    from semantic_tokens.report import languages

    languages.write(languages.correlate(tables.read("scores", job.input.scores)), job.output.csv)
