"""Generate the canonical tables of the embedded world."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens import tables
    from semantic_tokens.world.build import WorldSize, build

    data = job.params.data
    size = WorldSize(
        languages=data["languages"],
        articles=data["articles"],
        passages=data["passages"],
        sizes=data["sizes"],
        dictionaries={name: (source["coverage"], source["noise"]) for name, source in data["dictionaries"].items()},
    )
    for name, table in build(size, job.params.seed).items():
        tables.validate(name, table, f"the embedded world's {name}", size.languages)
        tables.write(name, table, getattr(job.output, name))
