"""Write what the browser of semantic tokens shows of a backbone's tokens."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens.grouping.vocabulary import read_vocabulary
    from semantic_tokens.pretraining.token_cache import read_cache
    from semantic_tokens.report.pages.groups.tokens import tokens_script

    vocabulary = read_vocabulary(job.input.tokenizer)
    text = read_cache(*job.input.text) if job.input.text else None
    script = tokens_script(job.wildcards.backbone, vocabulary.tokens, vocabulary.special_ids, text)
    job.output.script.write_text(script, encoding="ascii")
