"""Which groups mix scripts, languages, or beginnings of words with continuations."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens.analysis.mixing import Mixing, measure_mixing, properties
    from semantic_tokens.analysis.partitions import load_partitions
    from semantic_tokens.pretraining.token_cache import read_caches
    from semantic_tokens.report import groups

    texts, values, rows = read_caches(job.params.with_text, job.input.rows, job.input.index), {}, []
    for condition, partition in load_partitions(job.params.groupings, job.input.partitions):
        backbone = condition.backbone
        if backbone not in values:  # all partitions of a backbone have its tokens
            values[backbone] = properties(partition.tokens, texts.get(backbone))
        rows += measure_mixing(condition, partition, values[backbone], job.params.seed)
    groups.write_rows(Mixing, rows, job.output.csv)
