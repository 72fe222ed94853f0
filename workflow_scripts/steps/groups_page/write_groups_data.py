"""Write what the browser of semantic tokens shows of a grouping."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens.analysis.centroids import read_table
    from semantic_tokens.conditions import Condition
    from semantic_tokens.grouping.partition import VocabularyPartition
    from semantic_tokens.report.pages.groups.groups import groups_script

    grouping = Condition.from_wildcards(job.wildcards).grouped
    partition, table = VocabularyPartition.load(job.input.partition), read_table(job.input.embeddings)
    job.output.script.write_text(groups_script(grouping, partition, table, job.params.seed), encoding="ascii")
