"""Make a masked-LM head for an encoder that has none, and train it while the encoder stays as it is."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    from semantic_tokens.grouping.vocabulary import read_vocabulary
    from semantic_tokens.models import checkpoint
    from semantic_tokens.pretraining.new_head import made_and_trained
    from semantic_tokens.pretraining.settings import PretrainingSettings
    from semantic_tokens.pretraining.token_cache import read_cache
    from semantic_tokens.pretraining.training import write_losses

    model, losses = made_and_trained(
        Path(job.input.model).parent, read_cache(job.input.rows, job.input.index),
        read_vocabulary(job.input.tokenizer), PretrainingSettings(**job.params.training), job.params.seed,
        Path(job.params.checkpoint), job.device, job.params.code,
    )  # fmt: skip
    checkpoint.save(model, job.output.model.parent)
    write_losses(losses, job.output.losses)
