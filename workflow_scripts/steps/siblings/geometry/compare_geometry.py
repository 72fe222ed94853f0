"""Compare the embedding tables of conditions: shared vocabularies and canonical angles."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens.analysis import measures
    from semantic_tokens.conditions import Condition
    from semantic_tokens.siblings.geometry import between
    from semantic_tokens.siblings.geometry.table import reader

    names, given = job.params.conditions, job.input
    conditions = [Condition.parse(name) for name in names]
    read = reader(names, given.models, given.tokenizers, job.params.with_partition, given.partitions)
    spectra = list(between.spectra(between.compared(conditions), read, job.params.seed))
    between.save(spectra, job.output.spectra)
    found = between.measures(conditions, spectra, read)
    for i, condition in enumerate(conditions):
        measures.write(found[condition], condition, getattr(job.output, f"measures_{i}"))
