"""Sizes and content of the groups of every condition."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    from semantic_tokens import tables
    from semantic_tokens.grouping.partition import VocabularyPartition
    from semantic_tokens.report import groups

    words = groups.meanings(tables.read("word_concepts", job.input.concepts))
    names = {path: str(Path(path).parent.relative_to(job.params.conditions)) for path in job.input.partitions}
    measures = (groups.measure(name, VocabularyPartition.load(path), words) for path, name in names.items())
    groups.write(measures, job.output.csv)
