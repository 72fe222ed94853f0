"""What a grouping can no longer tell apart within a language."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens.analysis.information import Information, measure_information
    from semantic_tokens.analysis.partitions import load_partitions
    from semantic_tokens.pretraining.token_cache import read_caches
    from semantic_tokens.report import groups

    texts, counts, rows = read_caches(job.params.with_text, job.input.rows, job.input.index), {}, []
    for condition, partition in load_partitions(job.params.groupings, job.input.partitions):
        backbone = condition.backbone
        if backbone not in counts:  # all partitions of a backbone have its tokens
            counts[backbone] = texts[backbone].counts(len(partition.tokens))
        rows.append(measure_information(condition, partition, counts[backbone], job.params.seed))
    groups.write_rows(Information, rows, job.output.csv)
