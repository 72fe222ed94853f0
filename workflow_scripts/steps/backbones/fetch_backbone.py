"""Fetch a pretrained backbone: download it at its pinned revision, or read the user's folder; write safetensors."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    from semantic_tokens.backbones import published
    from semantic_tokens.errors import InputError
    from semantic_tokens.models import checkpoint
    from semantic_tokens.sources.fetch.obtain import obtain

    options, backbone, folder = job.params, job.params.backbone, job.output.model.parent
    if backbone["folder"] is not None:
        origin = Path(backbone["folder"])
    else:
        try:
            origin = obtain(backbone["model"], Path("resources"), mirror=options.mirror, offline=options.offline)
        except InputError as error:
            raise InputError(str(error).rstrip(".") + options.without) from None
    model, tokenizer = published.load(origin, backbone["vocabulary"], backbone["dim"])
    checkpoint.save(model, folder)
    tokenizer.save_pretrained(folder)
