"""Tokenise the examples of a bundle of tasks once for one tokenizer."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from types import SimpleNamespace

    import pyarrow.parquet as pq
    from tokenizers import Tokenizer

    from semantic_tokens import tables
    from semantic_tokens.conditions import TASK_TABLES
    from semantic_tokens.tasks import encode_task

    tokenizer = Tokenizer.from_file(job.input.tokenizer)
    for task, settings in job.params.settings.items():
        canonical = {name: tables.read(name, job.input[name], job.params.languages) for name in TASK_TABLES[task]}
        features = encode_task(task, canonical, tokenizer, SimpleNamespace(**settings))
        pq.write_table(features, getattr(job.output, task), compression="zstd")
