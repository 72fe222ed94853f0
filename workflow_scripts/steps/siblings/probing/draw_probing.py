"""Gather the measures of all probed models, draw them, and write the page."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    import pandas as pd

    from semantic_tokens.analysis import measures
    from semantic_tokens.report.pages import analysis_page
    from semantic_tokens.siblings.drawing import names
    from semantic_tokens.siblings.probing import page as probing_page
    from semantic_tokens.siblings.probing import pictures as probing

    out, options = job.output, job.params
    measures.gather(job.input.measures, out.csv)
    table = pd.read_csv(out.csv)
    probing.draw_layers(table, out.layers, out.layers_png)
    probing.draw_pairs(table, options.languages, out.pairs, out.pairs_png)
    figures = [(out.layers, probing_page.LAYERS), (out.pairs, probing_page.PAIRS.format(pivot=options.languages[0]))]
    for i, (points, label) in enumerate(zip(job.input.points, names(table).values(), strict=True)):
        shown = pd.read_parquet(points)
        for kind in ("words", "sentences"):
            svg, png = (getattr(out, f"{kind}_{i}{suffix}") for suffix in ("", "_png"))
            probing.draw_plane(shown[shown["kind"] == kind], options.languages, svg, png)
            figures.append((svg, probing_page.PLANE.format(kind=kind.capitalize(), model=label)))
    introduction = probing_page.introduction(options.pooling, options.world)
    tables = [("Each model at its best layer and its last", *probing_page.summary(table))]
    tables.append((probing_page.FALLS, *probing_page.falls(table)))
    analysis_page.write("What the layers hold", introduction, figures, tables, out.page)
