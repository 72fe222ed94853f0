"""Judge the papers' claims by what they print and by the scores of the run."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    from semantic_tokens import tables
    from semantic_tokens.report.claims import ledger, measures, page, scores

    claims = ledger.read_claims(job.input.claims)
    roles = ledger.roles(claims, job.params.roles)
    paper = scores.Scores(scores.of_paper(Path(job.input.claims).parent))
    table = tables.read("scores", job.input.scores)
    run = scores.of_run(table) | measures.of_tables(map(Path, job.input.measures))
    rows = ledger.ledger(claims, paper, scores.Scores(run, roles))
    page.write(rows, scores.languages_of(table), job.output.csv, job.output.markdown)
