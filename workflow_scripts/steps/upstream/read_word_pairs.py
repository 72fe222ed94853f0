"""The word pairs of all dictionaries that the config names."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens import tables
    from semantic_tokens.sources.canonical import folder_of, word_pair_rows
    from semantic_tokens.sources.files import Skips
    from semantic_tokens.sources.left_out import notices, write_skips

    skips: Skips = {}
    folders = {name: folder_of(record) for name, record in zip(job.params.sources, job.input.records, strict=True)}
    tables.write_rows("word_pairs", word_pair_rows(folders, job.params.languages, skips), job.output.table)
    write_skips(skips, job.output.skipped)
    job.say(notices([job.output.skipped]))
