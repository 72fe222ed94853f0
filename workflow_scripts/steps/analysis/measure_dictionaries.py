"""How well the groups of every condition agree with dictionaries, and how much of these the vocabularies have."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens.analysis.dictionaries import (
        DictionaryMeasures,
        DictionaryPairs,
        gather_coverage,
        measure_dictionaries,
    )
    from semantic_tokens.conditions import Condition
    from semantic_tokens.grouping.partition import VocabularyPartition
    from semantic_tokens.report import groups

    rows = []
    for judged, partition, pairs in zip(job.params.judged, job.input.partitions, job.input.pairs, strict=True):
        name, sources, held_out = judged
        found = VocabularyPartition.load(partition), DictionaryPairs.load(pairs)
        rows.append(measure_dictionaries(Condition.of_grouped(name), sources, *found, held_out))
    groups.write_rows(DictionaryMeasures, rows, job.output.csv)
    gather_coverage(job.params.looked_up, job.input.coverage, job.output.coverage)
