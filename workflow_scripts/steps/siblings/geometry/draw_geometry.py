"""The table, the pictures and the page of the geometry of embedding tables."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    import pandas as pd

    from semantic_tokens import csv_rows
    from semantic_tokens.analysis import measures
    from semantic_tokens.siblings.geometry import between
    from semantic_tokens.siblings.geometry import page as geometry_page
    from semantic_tokens.siblings.geometry import pictures as geometry
    from semantic_tokens.siblings.geometry.common_scripts import over_common_scripts

    measures.gather(job.input.measures, job.output.csv)
    measures.add(over_common_scripts(csv_rows.read(job.output.csv)), job.output.csv)
    table, spectra = pd.read_csv(job.output.csv), between.load(job.input.spectra)
    pictures = {name: getattr(job.output, f"{name}_svg") for name in job.params.pictures}
    for name, svg in pictures.items():
        geometry.draw(name, table, pd.read_parquet(job.input.places), spectra, svg, getattr(job.output, f"{name}_png"))
    neighbours = pd.concat(map(pd.read_csv, job.input.neighbours))
    geometry_page.write(table, neighbours, pictures, job.params.world, job.output.page)
