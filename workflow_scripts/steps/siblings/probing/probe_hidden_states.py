"""Measure the hidden states of a model, layer by layer, and put some of them in the plane."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    import numpy as np
    import pandas as pd

    from semantic_tokens.analysis import measures
    from semantic_tokens.conditions import Condition
    from semantic_tokens.siblings.probing.all_layers import States, measure_layers, project_layers
    from semantic_tokens.siblings.probing.ner_probe import words_with_vectors

    files, options = job.input, job.params
    states = {
        name: States(pd.read_parquet(files[f"{name}_items"]), np.load(files[name], mmap_mode="r"))
        for name in ("words", "sentences")
    }
    ner = None
    if options.with_ner:
        tagged = pd.read_parquet(files.ner_items)
        ner = States(words_with_vectors(tagged, *np.load(files.ner_places)), np.load(files.ner, mmap_mode="r")), tagged
    pairs = pd.read_parquet(files.word_pairs)
    found = measure_layers(states["words"], pairs, states["sentences"], ner, options.seed)
    measures.write(found, Condition.from_wildcards(job.wildcards), job.output.measures)
    points = project_layers(states["words"], states["sentences"], options.layers, options.seed)
    points.to_parquet(job.output.points, index=False)
