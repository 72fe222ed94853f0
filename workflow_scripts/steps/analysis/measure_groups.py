"""Sizes and content of the groups of every condition."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens import tables
    from semantic_tokens.conditions import Condition
    from semantic_tokens.grouping.partition import VocabularyPartition
    from semantic_tokens.report import groups

    concepts = job.input.get("concepts")
    words = {} if concepts is None else groups.meanings(tables.read("word_concepts", concepts))
    found = zip(job.params.groupings, job.input.partitions, strict=True)
    measures = (
        groups.measure(Condition.of_grouped(name), VocabularyPartition.load(path), words, job.params.seed)
        for name, path in found
    )
    groups.write(measures, job.output.csv)
