"""Stream the hidden states of a model's layers to disk."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    import numpy as np
    import pandas as pd

    from semantic_tokens.siblings.probing import hidden_states, reader

    files, options = job.input, job.params
    partition = Path(files.partition) if options.grouped else None
    model = reader.load(Path(files.model).parent, Path(files.tokenizer), partition, job.device)
    for name in ("words", "sentences"):
        texts = pd.read_parquet(files[name])["text"].tolist()
        spans = hidden_states.pooled(model, texts, options.pooling or model.pooling, options.max_length)
        hidden_states.write(model, spans, getattr(job.output, name), options.batch_size)
    if options.with_ner:
        sentences = pd.read_parquet(files.ner)["tokens"].tolist()
        spans, places = hidden_states.first_subwords(model, sentences, options.max_length)
        hidden_states.write(model, spans, job.output.ner, options.batch_size)
        np.save(job.output.ner_places, np.stack([spans.text, places]))
