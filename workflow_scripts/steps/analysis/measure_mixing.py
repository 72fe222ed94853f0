"""Which groups mix scripts, languages, or beginnings of words with continuations."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens.analysis.mixing import Mixing, measure_mixing, properties
    from semantic_tokens.conditions import Condition
    from semantic_tokens.grouping.partition import VocabularyPartition
    from semantic_tokens.pretraining.token_cache import read_cache
    from semantic_tokens.report import groups

    caches = zip(job.params.with_text, map(read_cache, job.input.rows, job.input.index), strict=True)
    texts, values, rows = dict(caches), {}, []
    for name, path in zip(job.params.groupings, job.input.partitions, strict=True):
        partition, condition = VocabularyPartition.load(path), Condition.of_grouped(name)
        backbone = condition.backbone
        if backbone not in values:  # all partitions of a backbone have its tokens
            values[backbone] = properties(partition.tokens, texts.get(backbone))
        rows += measure_mixing(condition, partition, values[backbone], job.params.seed)
    groups.write_rows(Mixing, rows, job.output.csv)
