"""Record config, versions, commit, machine, and what the run cost."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    from semantic_tokens.report import manifest

    record = manifest.collect(job.params.config, job.params.benchmarks, Path(__file__).parents[3])
    manifest.write(record, job.output.manifest)
