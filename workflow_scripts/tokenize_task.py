"""Tokenise the examples of one task once for one tokenizer."""

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

    task = job.wildcards.task
    canonical = {name: tables.read(name, job.input[name], job.params.languages) for name in TASK_TABLES[task]}
    tokenizer = Tokenizer.from_file(job.input.tokenizer)
    features = encode_task(task, canonical, tokenizer, SimpleNamespace(**job.params.settings))
    pq.write_table(features, job.output.features, compression="zstd")
