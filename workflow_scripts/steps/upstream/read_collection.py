"""Queries, judgements and passages of MIRACL, and of MS MARCO to train on.

Judgements of passages that are not there are left out and counted."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from itertools import chain

    from semantic_tokens import tables
    from semantic_tokens.sources.canonical import folder_of, task_rows
    from semantic_tokens.sources.collection import judged_passages, judged_queries, judgement_rows, noted, passage_rows
    from semantic_tokens.sources.files import Skips
    from semantic_tokens.sources.left_out import notices, write_skips
    from semantic_tokens.sources.training_collection import NOTHING, draw

    options, languages, skips = job.params, job.params.languages, Skips()
    folders = {name: folder_of(record) for name, record in zip(options.sources, job.input.records, strict=True)}
    topics = folders["miracl"]
    drawn = judged_queries(topics, languages, options.queries, options.seed)
    absent = judged_passages(topics, languages, drawn)
    judged = {lang: frozenset(passages) for lang, passages in absent.items()}
    passages = passage_rows(options.collection, folders, languages, judged, options.distractors, options.seed, skips)
    extra = (
        draw(folders["msmarco"], **options.ms_marco, seed=options.seed, skips=skips) if options.ms_marco else NOTHING
    )
    tables.write_rows("passages", chain(noted(passages, absent), extra.passages), job.output.passages)
    qrels = list(judgement_rows(topics, languages, drawn, absent, skips))
    asked = {(row["lang"], row["query_id"]) for row in qrels}
    queries = task_rows("miracl", "queries", topics, languages, skips)
    queries = (q for q in queries if (q["lang"], q["query_id"]) in asked)
    tables.write_rows("qrels", chain(qrels, extra.qrels), job.output.qrels)
    tables.write_rows("queries", chain(queries, extra.queries), job.output.queries)
    write_skips(skips, job.output.skipped)
    job.say(notices([job.output.skipped]))
