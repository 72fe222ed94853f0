"""Accuracy and transfer efficiency of a model, from its scores with all seeds."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    import pyarrow.parquet as pq

    from semantic_tokens.analysis import measures
    from semantic_tokens.conditions import Condition
    from semantic_tokens.siblings.transfer.measure import Score, measure_transfer

    scores = [
        Score(row["lang"], row["seed"], row["value"], row["n"])
        for path in job.input.scores
        for row in pq.read_table(path).to_pylist()
        if (row["task"], row["metric"]) == ("nli", "accuracy")
    ]
    condition = Condition.from_wildcards(job.wildcards)
    measures.write(measure_transfer(scores), condition, job.output.measures)
