"""Write Tables 1, 2 and 5 as LaTeX, and Table 4 where a vocabulary was grouped by a dictionary."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens import tables
    from semantic_tokens.report import printed, table5
    from semantic_tokens.report.claims import ledger
    from semantic_tokens.report.latex import tables as latex

    scores, cells = tables.read("scores", job.input.scores), table5.read(job.input.table5)
    roles = ledger.roles(ledger.read_claims(job.input.claims), job.params.roles)
    written = {
        "table1": latex.tasks(scores),
        "table2": latex.settings(job.params.fine_tuning),
        "table5": latex.scores(cells, printed.beside(cells, printed.read(job.input.paper), roles)),
    }
    if job.params.lexicons:
        written["table4"] = latex.lexicons(scores, job.input.table4)
    for name, text in written.items():
        getattr(job.output, name).write_text(text, encoding="utf-8")
