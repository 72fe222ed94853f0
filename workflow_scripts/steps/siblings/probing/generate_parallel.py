"""Say the same facts in every language of the embedded world."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens.siblings.probing import parallel
    from semantic_tokens.siblings.probing.generated import parallel_sentences
    from semantic_tokens.world.lexicon import read_lexicon

    options = job.params
    rows = parallel_sentences(read_lexicon(), options.languages, options.sentences, options.seed)
    parallel.write(rows, job.output.table)
