"""Queries, judgements and passages of MIRACL; judgements of passages that are not there are left out and counted."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    import pyarrow.parquet as pq

    from semantic_tokens import tables
    from semantic_tokens.sources.canonical import Skips, folder_of, passage_rows, present, task_rows, write_skips

    skips: Skips = {}
    topics, corpus = (folder_of(record) for record in job.input.records)
    languages = job.params.languages
    qrels = list(task_rows("miracl", "qrels", topics, languages, skips))
    judged = {(row["lang"], row["passage_id"]) for row in qrels}
    passages = passage_rows(corpus, languages, judged, job.params.distractors, job.params.seed, skips)
    tables.write_rows("passages", passages, job.output.passages)
    there = set()
    for batch in pq.ParquetFile(job.output.passages).iter_batches(columns=["lang", "passage_id"]):
        there |= judged.intersection(zip(batch["lang"].to_pylist(), batch["passage_id"].to_pylist()))
    kept = list(present(qrels, there, str(topics), skips))
    asked = {(row["lang"], row["query_id"]) for row in kept}
    queries = (
        q for q in task_rows("miracl", "queries", topics, languages, skips) if (q["lang"], q["query_id"]) in asked
    )
    tables.write_rows("qrels", kept, job.output.qrels)
    tables.write_rows("queries", queries, job.output.queries)
    write_skips(skips, job.output.skipped)
