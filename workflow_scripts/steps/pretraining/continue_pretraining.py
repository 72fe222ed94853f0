"""Continue masked-LM pretraining of a grouped model (paper, section 2.4)."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    from semantic_tokens.pretraining.continual import ContinualPretraining, start

    run = ContinualPretraining(
        model=str(Path(job.input.model).parent), partition=job.input.partition, tokenizer=job.input.tokenizer,
        rows=job.input.rows, index=job.input.index, settings=job.params.pretraining, seed=job.params.seed,
        device=job.device, code=job.params.code, checkpoint=job.params.checkpoint,
        output=str(job.output.model.parent), losses=str(job.output.losses),
    )  # fmt: skip
    start(run, snakemake.resources.get("gpu", 0), snakemake.resources.get("launcher"))
