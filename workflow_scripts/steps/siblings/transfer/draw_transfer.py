"""The table, the pictures and the page of transfer from English."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    import pandas as pd

    from semantic_tokens.analysis import measures
    from semantic_tokens.report.pages import analysis_page
    from semantic_tokens.siblings.transfer import page as transfer
    from semantic_tokens.siblings.transfer import pictures
    from semantic_tokens.siblings.transfer.measure import printed

    out, options = job.output, job.params
    measures.gather(job.input.measures, out.csv)
    table = pd.read_csv(out.csv)
    pictures.draw_accuracy(table, out.accuracy, out.accuracy_png)
    pictures.draw_efficiency(table, out.efficiency, out.efficiency_png)
    paper = transfer.beside_the_paper(table, printed(job.input.paper), options.stands_for)
    analysis_page.write(
        "Transfer from English",
        transfer.INTRODUCTION + (transfer.WORLD if options.world else ""),
        [(out.accuracy, transfer.ACCURACY), (out.efficiency, transfer.EFFICIENCY)],
        [(transfer.OURS, *transfer.summary(table)), (transfer.PRINTED, *paper)],
        out.page,
    )
