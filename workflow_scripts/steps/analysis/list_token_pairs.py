"""The pairs of tokens that dictionaries list, and which of them an alignment trains on."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from pyarrow import csv
    from tokenizers import Tokenizer

    from semantic_tokens.alignment.pairs import token_pairs
    from semantic_tokens.analysis.dictionaries import dictionary_pairs

    pairs = token_pairs(job.input.word_pairs, Tokenizer.from_file(job.input.tokenizer), job.params.sources)
    dictionary_pairs(pairs, job.params.held_out, job.params.seed).save(job.output.pairs)
    csv.write_csv(pairs.languages, job.output.coverage)
