"""The corpus of masked-LM pretraining, sampled from upstream's text."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens import tables
    from semantic_tokens.sources import amounts
    from semantic_tokens.sources.canonical import corpus_rows, folder_of
    from semantic_tokens.sources.files import Skips
    from semantic_tokens.sources.left_out import notices, write_skips

    skips: Skips = {}
    there: list[amounts.Amount] = []
    folders = {name: folder_of(record) for name, record in zip(job.params.sources, job.input.records, strict=True)}
    rows = corpus_rows(folders, job.params.languages, job.params.texts_a_language, job.params.seed, skips, there)
    tables.write_rows("corpus", rows, job.output.table)
    write_skips(skips, job.output.skipped)
    job.say(notices([job.output.skipped]))
    amounts.write(there, job.output.amounts)
