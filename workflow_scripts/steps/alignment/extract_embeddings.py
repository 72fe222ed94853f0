"""Word embeddings of a backbone, cut to their first d dimensions."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    from semantic_tokens.grouping.vocabulary import read_vocabulary
    from semantic_tokens.models.embeddings import read_word_embeddings, write_embeddings

    tokens = read_vocabulary(job.input.tokenizer).tokens
    # BLOOM, mT5 and Qwen2 have rows beyond their tokens, to round the number up.
    table = read_word_embeddings(Path(job.input.model).parent, len(tokens), int(job.wildcards.dim))
    write_embeddings(table, tokens, job.output.embeddings)
