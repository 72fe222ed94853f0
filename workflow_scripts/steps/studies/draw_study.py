"""Draw the figure of a study."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens import tables
    from semantic_tokens.report import table5
    from semantic_tokens.report.figures import study

    scores, cells = tables.read("scores", job.input.scores), table5.read(job.input.table5)
    study.draw(job.params.axis, scores, cells, job.output.svg, job.output.png)
