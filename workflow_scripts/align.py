"""Align an embedding table across languages on dictionary pairs (CLSA)."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from types import SimpleNamespace

    from tokenizers import Tokenizer

    from semantic_tokens import tables
    from semantic_tokens.alignment import align, token_pairs, write_history
    from semantic_tokens.models.embeddings import read_embeddings, write_embeddings

    settings = SimpleNamespace(**job.params.alignment)
    embeddings, tokens = read_embeddings(job.input.embeddings)
    word_pairs = tables.read("word_pairs", job.input.word_pairs)
    sources = settings.source_sets[job.wildcards.sources]
    pairs = token_pairs(word_pairs, Tokenizer.from_file(job.input.tokenizer), sources)
    result = align(embeddings, pairs, settings, job.params.seed)
    write_embeddings(result.embeddings, tokens, job.output.embeddings)
    write_history(result, pairs, job.output.history, job.output.coverage)
