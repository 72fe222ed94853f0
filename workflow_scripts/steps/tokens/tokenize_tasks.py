"""Tokenise the examples of a bundle of tasks once for one tokenizer."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from types import SimpleNamespace

    from tokenizers import Tokenizer

    from semantic_tokens import tables
    from semantic_tokens.conditions import TASK_TABLES
    from semantic_tokens.tasks import encode_task
    from semantic_tokens.tasks.encoding import write_features

    tokenizer = Tokenizer.from_file(job.input.tokenizer)
    for task, settings in job.params.settings.items():
        languages = job.params.languages
        parts = {name: tables.read_batches(name, job.input[name], languages=languages) for name in TASK_TABLES[task]}
        features = encode_task(task, parts, tokenizer, SimpleNamespace(**settings))
        write_features(features, getattr(job.output, task), task)
