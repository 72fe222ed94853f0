"""Write the model card of an export, with the scores that the run has so far."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    from semantic_tokens.conditions import Condition
    from semantic_tokens.grouping.partition import VocabularyPartition
    from semantic_tokens.models.export import card

    condition, folder = Condition.from_wildcards(job.wildcards), Path(job.input.model).parent
    partition = VocabularyPartition.load(job.input.partition)
    text = card.render(job.wildcards.form, condition, partition, folder, job.params.made, job.params.scores)
    job.output.card.write_text(text, encoding="utf-8")
