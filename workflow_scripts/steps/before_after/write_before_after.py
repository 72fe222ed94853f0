"""Compare what siblings measure with scores: figures and page."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens import csv_rows, siblings
    from semantic_tokens.analysis import before_after as measured
    from semantic_tokens.report import before_after, table5
    from semantic_tokens.report.pages import analysis_page

    cells, senses = table5.read(job.input.table5), csv_rows.read(job.input.polysemy)
    panels = [panel for name in job.params.siblings if (panel := siblings.found()[name].beside_scores)]
    analysed = [
        point
        for line, path in zip(panels, job.input.measures, strict=True)
        for point in line.points(csv_rows.read(path))
    ]
    points = analysed + before_after.score_points(cells)
    figures, shown = [], []
    for backbone in job.params.backbones:
        svg, png = (getattr(job.output, f"{backbone}_{kind}".replace("-", "_")) for kind in ("svg", "png"))
        conditions = measured.compared(analysed)[backbone]
        before_after.draw(points, panels, conditions, svg, png)
        figures.append((svg, before_after.caption(backbone, panels)))
        shown += conditions
    before_after.draw_senses(senses, cells, job.output.senses_svg, job.output.senses_png)
    figures.append((job.output.senses_svg, before_after.SENSES))
    tables = [before_after.values_table([p for p in points if p.condition in shown], shown)]
    tables += [before_after.senses_table(senses), before_after.costs_table(senses)]
    analysis_page.write("Before and after", before_after.introduction(panels), figures, tables, job.output.page)
