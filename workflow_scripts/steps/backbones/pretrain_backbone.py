"""Pretrain a tiny backbone from scratch; leaves an ordinary checkpoint."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    import numpy as np
    from tokenizers import Tokenizer

    from semantic_tokens.backbones.scratch import build, initialise_attention, initialise_with_ppmi
    from semantic_tokens.backbones.settings import ScratchBackbone
    from semantic_tokens.grouping.vocabulary import read_vocabulary
    from semantic_tokens.models import checkpoint
    from semantic_tokens.pretraining.objectives import objective_of
    from semantic_tokens.pretraining.token_cache import read_cache
    from semantic_tokens.pretraining.training import pretrain, write_losses

    settings = ScratchBackbone(**job.params.backbone)
    vocabulary = read_vocabulary(job.input.tokenizer)
    cache = read_cache(job.input.rows, job.input.index)
    model = build(settings, Tokenizer.from_file(job.input.tokenizer), job.params.seed)
    if settings.initialisation == "informed":
        initialise_with_ppmi(model, cache.rows, vocabulary.special_ids, job.params.seed)
        initialise_attention(model, job.params.seed)
    identity = np.arange(len(vocabulary.tokens))
    losses = pretrain(
        model, cache, identity, objective_of(settings.architecture, vocabulary), settings.pretraining, job.params.seed,
        job.params.checkpoint, job.device, job.params.code,
    )  # fmt: skip
    checkpoint.save(model, job.output.model.parent)
    write_losses(losses, job.output.losses)
