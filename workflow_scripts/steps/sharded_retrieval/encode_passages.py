"""Encode one shard of a collection's queries and passages with a fine-tuned retriever."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    import pyarrow.parquet as pq

    from semantic_tokens.fine_tuning.encode_passages import encode_shard
    from semantic_tokens.fine_tuning.plan import precision_on
    from semantic_tokens.fine_tuning.vectors import Reading
    from semantic_tokens.grouping.partition import VocabularyPartition
    from semantic_tokens.models.checkpoint import load_for_task

    group_of = VocabularyPartition.load(job.input.partition).token_lookup()
    model = load_for_task(Path(job.input.model).parent, "encoder", 0).to(job.device)
    precision, shard = precision_on(job.device, job.params.precision), int(job.wildcards.shard)
    features = pq.ParquetFile(job.input.retrieval_features)
    encode_shard(
        features,
        group_of,
        model,
        shard,
        job.params.shards,
        job.output.vectors,
        precision,
        Reading(**job.params.reading),
    )
