"""Table 5: the mean score of every condition on every task, and how much of the oracle it retains."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens import tables
    from semantic_tokens.report import table5

    scores = tables.read("scores", job.input.scores)
    table5.write(table5.build(scores) + table5.build_without(scores), job.output.csv)
