"""Embedding tables in two dimensions."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens.conditions import Condition
    from semantic_tokens.siblings.geometry.places import places, save
    from semantic_tokens.siblings.geometry.table import reader

    names, given = job.params.conditions, job.input
    read = reader(names, given.models, given.tokenizers, job.params.with_partition, given.partitions)
    found = {name: places(read(Condition.parse(name)), job.params.rows, job.params.seed) for name in names}
    save(found, job.output.places)
