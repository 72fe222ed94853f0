"""Measure what a pretraining step costs, in a separate process."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    import json

    from semantic_tokens.analysis.efficiency import cost as efficiency
    from semantic_tokens.analysis.efficiency.settings import Load
    from semantic_tokens.report import manifest

    dim, percent, load = int(job.wildcards.dim), int(job.wildcards.percent), job.params.load
    cost = efficiency.measure(
        efficiency.MBERT,
        Load(**load),
        dim,
        percent,
        job.wildcards.implementation,
        job.params.seed,
        job.device,
    )
    here = manifest.machine()
    machine = here["gpus"][0] if job.device == "cuda" else f"{here['cpu']}, {job.params.threads} threads"
    content = vars(cost) | load | {"machine": machine}
    job.output.cost.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
