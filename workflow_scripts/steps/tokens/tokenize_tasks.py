"""Tokenise the examples of a bundle of tasks once for one tokenizer."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from types import SimpleNamespace

    from tokenizers import Tokenizer

    from semantic_tokens import tables
    from semantic_tokens.fine_tuning.encoding import write_features
    from semantic_tokens.tasks import task

    tokenizer = Tokenizer.from_file(job.input.tokenizer)
    for name, settings in job.params.settings.items():
        parts = {
            table: tables.read_batches(known, job.input[table], languages=job.params.languages)
            for table, known in task(name).formats.items()
        }
        features = task(name).encode(parts, tokenizer, SimpleNamespace(**settings))
        write_features(features, getattr(job.output, name), name)
