"""Sizes and content of the groups of every condition."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens import tables
    from semantic_tokens.analysis.partitions import load_partitions
    from semantic_tokens.report import groups

    concepts = job.input.get("concepts")
    words = {} if concepts is None else groups.meanings(tables.read("word_concepts", concepts))
    found = load_partitions(job.params.groupings, job.input.partitions)
    measures = (groups.measure(condition, partition, words, job.params.seed) for condition, partition in found)
    groups.write(measures, job.output.csv)
