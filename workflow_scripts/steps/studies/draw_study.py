"""Draw the figure of a study, and write what it shows as CSV."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens import tables
    from semantic_tokens.report import printed, table5
    from semantic_tokens.report.claims import ledger
    from semantic_tokens.report.figures import study

    study.draw(
        job.params.axis,
        tables.read("scores", job.input.scores),
        table5.read(job.input.table5),
        printed.read(job.input.paper),
        ledger.roles(ledger.read_claims(job.input.claims), job.params.roles),
        job.output.csv,
        *(job.output.svg, job.output.png, job.output.pdf),
    )
