"""Search a collection that was encoded in shards, and score retrieval in every language."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from functools import partial

    import pyarrow.parquet as pq

    from semantic_tokens import tables
    from semantic_tokens.conditions import Condition
    from semantic_tokens.fine_tuning.encode_passages import StoredVectors
    from semantic_tokens.fine_tuning.ranking import load_judgements
    from semantic_tokens.fine_tuning.scores import score_table
    from semantic_tokens.tasks import retrieval

    wildcards, features = job.wildcards, pq.ParquetFile(job.input.retrieval_features)
    judged = {name: tables.read(name, job.input[name]) for name in retrieval.TASK.score_tables}
    judgements = load_judgements(features, judged)
    vectors = StoredVectors(job.input.vectors, features.metadata.num_rows)
    of_passages = partial(vectors.take, first=len(judgements.query_table))
    rows = retrieval.evaluate(judgements, vectors.take, of_passages, job.params.split)
    said = {"retrieval": retrieval.Retrieval(**job.params.settings).recorded()}
    condition = Condition.from_wildcards(job.wildcards)
    table = score_table(condition, wildcards.transfer, int(wildcards.seed), {"retrieval": rows}, said)
    pq.write_table(table, job.output.scores)
