"""What a grouping can no longer tell apart within a language."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens.analysis.information import Information, measure_information
    from semantic_tokens.conditions import Condition
    from semantic_tokens.grouping.partition import VocabularyPartition
    from semantic_tokens.pretraining.token_cache import read_cache
    from semantic_tokens.report import groups

    caches = zip(job.params.with_text, map(read_cache, job.input.rows, job.input.index), strict=True)
    texts, counts, rows = dict(caches), {}, []
    for name, path in zip(job.params.groupings, job.input.partitions, strict=True):
        partition, condition = VocabularyPartition.load(path), Condition.of_grouped(name)
        backbone = condition.backbone
        if backbone not in counts:  # all partitions of a backbone have its tokens
            counts[backbone] = texts[backbone].counts(len(partition.tokens))
        rows.append(measure_information(condition, partition, counts[backbone], job.params.seed))
    groups.write_rows(Information, rows, job.output.csv)
