"""How much groupings depend on their seed."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens.analysis.stability import Stability, measure_stability
    from semantic_tokens.conditions import Condition
    from semantic_tokens.grouping.partition import VocabularyPartition
    from semantic_tokens.report import groups

    paths = iter(job.input.partitions)
    rows = []
    for name in job.params.groupings:
        partitions = [VocabularyPartition.load(next(paths)) for _ in job.params.seeds]
        rows.append(measure_stability(Condition.of_grouped(name), job.params.seeds, partitions))
    groups.write_rows(Stability, rows, job.output.csv)
