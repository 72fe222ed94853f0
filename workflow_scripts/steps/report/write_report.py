"""Write the page of the run."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    from semantic_tokens import tables
    from semantic_tokens.report import deviations, groups, manifest, table5
    from semantic_tokens.report.claims.ledger import read_claims
    from semantic_tokens.report.pages import page

    html = page.render(
        tables.read("scores", job.input.scores),
        table5.read(job.input.table5),
        groups.read(job.input.groups),
        {study: Path(svg).read_text(encoding="utf-8") for study, svg in zip(job.params.studies, job.input.figures)},
        manifest.read(job.input.manifest),
        {name: page.read_table(job.input[name]) for name in job.params.more_tables},
        deviations.read_deviations(job.input.deviations),
        job.params.siblings,
        read_claims(job.input.ledger),
        table5.read_without(job.input.table5),
    )
    job.output.page.write_text(html, encoding="utf-8")
