"""Tokenise the corpus once for one tokenizer."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from tokenizers import Tokenizer

    from semantic_tokens.pretraining.token_cache import languages_of, unwritten, write_cache
    from semantic_tokens.sources import amounts

    tokenizer = Tokenizer.from_file(job.input.tokenizer)
    length = int(job.wildcards.length)
    languages = languages_of(job.input.corpus, job.params.languages)
    given = job.input.get("amounts")  # the embedded world's text is all there is
    scales = amounts.scales(amounts.read(given)) if given else None
    unknown = write_cache(job.input.corpus, tokenizer, languages, length, job.output.rows, job.output.index, scales)
    job.say(unwritten(unknown))
