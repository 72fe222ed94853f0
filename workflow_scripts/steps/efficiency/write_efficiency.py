"""Put Table 3 together: table, figure and page."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    from semantic_tokens.report import table3
    from semantic_tokens.report.latex import tables as latex
    from semantic_tokens.report.pages import analysis_page

    rows = table3.rows(map(Path, job.input.costs), Path(job.input.printed))
    table3.write(rows, job.output.csv)
    job.output.latex.write_text(latex.step_costs(rows), encoding="utf-8")
    table3.draw(rows, job.output.svg, job.output.png)
    header = list(table3.COLUMNS.values())
    table = "What a step costs", header, [[row[name] for name in table3.COLUMNS] for row in rows]
    figure = job.output.svg, "Memory and speed over those of the first row; the vertical line is no change"
    analysis_page.write(
        "What a pretraining step costs (Table 3)", table3.introduction(rows), [figure], [table], job.output.page
    )
