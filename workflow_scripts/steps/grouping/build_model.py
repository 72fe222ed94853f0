"""Give a backbone the vocabulary of a partition: the grouped model before pretraining."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    import logging
    from pathlib import Path

    import torch

    from semantic_tokens.grouping.frequency import frequency_weights
    from semantic_tokens.grouping.partition import VocabularyPartition
    from semantic_tokens.models import checkpoint
    from semantic_tokens.models.embeddings import read_embeddings
    from semantic_tokens.models.surgery import group_vocabulary, norm_shrinkage, semantic_embedding_of
    from semantic_tokens.pretraining.token_cache import read_cache

    embeddings, _ = read_embeddings(job.input.embeddings)
    model = checkpoint.load(Path(job.input.model).parent)
    partition = VocabularyPartition.load(job.input.partition)
    shrinkage = norm_shrinkage(embeddings, partition)
    logging.info("mean norm of groups' means / mean norm of members: %.4f", shrinkage)
    logging.info("semantic embedding: %s", semantic_embedding_of(partition, job.params.semantic_embedding))
    weights = None
    if job.input.get("rows"):
        counts = read_cache(job.input.rows, job.input.index).counts(len(partition.tokens))
        weights = torch.from_numpy(frequency_weights(counts))
    grouped = group_vocabulary(model, partition, embeddings, job.params.semantic_embedding, weights)
    checkpoint.save(grouped, job.output.model.parent)
