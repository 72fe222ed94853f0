"""Bring a pretrained backbone: download it at its pinned revision, or take the user's folder; leaves safetensors."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    from transformers import AutoTokenizer

    from semantic_tokens.errors import InputError
    from semantic_tokens.models import checkpoint
    from semantic_tokens.sources.obtain import obtain

    options, folder = job.params, job.output.model.parent
    if options.backbone["folder"] is not None:
        origin = Path(options.backbone["folder"])
    else:
        origin = obtain(options.backbone["model"], Path("resources"), mirror=options.mirror, offline=options.offline)
    model, tokenizer = checkpoint.load_masked_lm(origin), AutoTokenizer.from_pretrained(origin)
    found = {"dim": model.config.hidden_size, "vocabulary": len(tokenizer)}
    for key, value in found.items():
        if options.backbone[key] != value:
            raise InputError(f"{origin}: {key} is {value}, but backbones.{job.wildcards.backbone}.{key} says otherwise")
    checkpoint.save(model, folder)
    tokenizer.save_pretrained(folder)
