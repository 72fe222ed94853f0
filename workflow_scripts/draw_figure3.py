"""Figure 3: score against grouping ratio."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens.report import figure3, table5

    figure3.draw(table5.read(job.input.table5), job.output.svg, job.output.png)
