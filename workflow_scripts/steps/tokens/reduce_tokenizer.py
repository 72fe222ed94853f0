"""Cut a tokenizer's vocabulary to its first k pieces (First-k)."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pathlib import Path

    from semantic_tokens.conditions import Grouping, n_groups
    from semantic_tokens.grouping.methods.first import keep_first, reduced_tokenizer
    from semantic_tokens.grouping.vocabulary import read_vocabulary

    vocabulary = read_vocabulary(job.input.tokenizer)
    kept = keep_first(vocabulary, n_groups(len(vocabulary.tokens), Grouping.parse(job.wildcards.tokenizer)))
    job.output.tokenizer.write_text(reduced_tokenizer(Path(job.input.tokenizer).read_text(), kept))
