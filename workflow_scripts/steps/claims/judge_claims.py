"""Judge the papers' claims by what they print and by the scores of the run."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    from semantic_tokens import tables
    from semantic_tokens.report.claims import ledger as claims
    from semantic_tokens.report.claims import measures as claim_measures
    from semantic_tokens.report.claims import page as claim_page
    from semantic_tokens.report.claims import scores as claim_scores

    listed = claims.read_claims(job.input.claims)
    roles = claims.roles(listed, job.params.roles)
    paper = claim_scores.Scores(claim_scores.of_paper(Path(job.input.claims).parent))
    scores = tables.read("scores", job.input.scores)
    run = claim_scores.of_run(scores)
    run |= claim_measures.of_tables(map(Path, job.input.measures))
    rows = claims.ledger(listed, paper, claim_scores.Scores(run, roles))
    claim_page.write(rows, claim_scores.languages_of(scores), job.output.csv, job.output.markdown)
