"""Cut a tokenizer to the tokens that a grouping keeps (First-k)."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    from semantic_tokens.conditions import Grouping, n_groups
    from semantic_tokens.grouping import methods
    from semantic_tokens.grouping.reduced_tokenizer import reduced_tokenizer
    from semantic_tokens.grouping.vocabulary import read_vocabulary

    vocabulary = read_vocabulary(job.input.tokenizer)
    grouping = Grouping.parse(job.wildcards.tokenizer)
    kept = methods.module(grouping.method).keep(vocabulary, n_groups(len(vocabulary.tokens), grouping))
    job.output.tokenizer.write_text(
        reduced_tokenizer(Path(job.input.tokenizer).read_text(encoding="utf-8"), kept), encoding="utf-8"
    )
