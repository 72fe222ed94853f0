"""Word embeddings of a backbone, cut to their first d dimensions."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    from semantic_tokens.grouping.vocabulary import read_vocabulary
    from semantic_tokens.models.embeddings import write_embeddings
    from semantic_tokens.models.published import load_model
    from semantic_tokens.models.truncation import truncate

    model = truncate(load_model(Path(job.input.model).parent), int(job.wildcards.dim))
    tokens = read_vocabulary(job.input.tokenizer).tokens
    table = model.get_input_embeddings().weight.detach()
    # BLOOM, mT5 and Qwen2 have rows beyond their tokens, to round the number up.
    write_embeddings(table[: len(tokens)], tokens, job.output.embeddings)
