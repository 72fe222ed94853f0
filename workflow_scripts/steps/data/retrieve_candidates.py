"""First-stage candidates of the reranker: BM25 over all passages of the query's language."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    import logging
    from collections.abc import Iterator

    import pyarrow as pa

    from semantic_tokens import tables
    from semantic_tokens.fine_tuning.bm25 import candidates, short_of

    queries = tables.read("queries", job.input.queries)

    def passages(lang: str) -> Iterator[pa.Table]:
        return tables.read_batches("passages", job.input.passages, lang=lang)

    found = candidates(queries, passages, job.params.depth)
    logging.info(short_of(queries, found, job.params.depth))
    tables.write("candidates", found, job.output.candidates)
