"""Record config, versions, commit, machine, and what the run cost."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    from semantic_tokens import csv_rows
    from semantic_tokens.report import costs, manifest

    sources = [row for table in job.input.sources for row in csv_rows.read(table)]
    jobs = costs.measured(job.params.benchmarks)
    costs.write(jobs, job.output.costs)
    record = manifest.collect(job.params.config, jobs, Path(__file__).parents[3], sources)
    manifest.write(record, job.output.manifest)
