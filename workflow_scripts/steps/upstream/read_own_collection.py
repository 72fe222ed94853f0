"""Queries, judgements and passages of the user's own pairs, and of MS MARCO to train on."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from itertools import chain

    from semantic_tokens import tables
    from semantic_tokens.sources.canonical import folder_of
    from semantic_tokens.sources.files import Skips
    from semantic_tokens.sources.left_out import notices, write_skips
    from semantic_tokens.sources.own.collection import Pairs
    from semantic_tokens.sources.training_collection import NOTHING, draw

    options, skips = job.params, Skips()
    record, *ms_marco = job.input.records
    pairs = Pairs(record, options.languages, skips)
    extra = NOTHING
    if options.ms_marco:
        extra = draw(folder_of(ms_marco[0]), **options.ms_marco, seed=options.seed, skips=skips)
    tables.write_rows("queries", chain(pairs.queries(), extra.queries), job.output.queries)
    tables.write_rows("qrels", chain(pairs.qrels(), extra.qrels), job.output.qrels)
    tables.write_rows("passages", chain(pairs.passages(), extra.passages), job.output.passages)
    write_skips(skips, job.output.skipped)
    job.say(notices([job.output.skipped]))
