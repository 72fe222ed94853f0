"""Continue masked-LM pretraining of a grouped model (paper, section 2.4)."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    from semantic_tokens.grouping.partition import VocabularyPartition
    from semantic_tokens.grouping.vocabulary import read_vocabulary
    from semantic_tokens.models import checkpoint
    from semantic_tokens.pretraining import Schedule, masking_vocabulary, pretrain, read_cache, write_losses

    partition = VocabularyPartition.load(job.input.partition)
    group_of = partition.token_lookup()
    model = checkpoint.load_masked_lm(Path(job.input.model).parent)
    losses = pretrain(
        model, read_cache(job.input.rows, job.input.index), group_of,
        masking_vocabulary(read_vocabulary(job.input.tokenizer), partition.group_of),
        Schedule.of(job.params.pretraining), job.params.seed, job.params.checkpoint, job.device,
    )  # fmt: skip
    checkpoint.save(model, job.output.model.parent)
    write_losses(losses, job.output.losses)
