"""Align an embedding table across languages on dictionary pairs (CLSA)."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from tokenizers import Tokenizer

    from semantic_tokens.alignment.history import chosen_learning_rate, write_history
    from semantic_tokens.alignment.infonce import align
    from semantic_tokens.alignment.pairs import token_pairs
    from semantic_tokens.alignment.round_trip import with_round_trip
    from semantic_tokens.alignment.settings import AlignmentSettings
    from semantic_tokens.conditions import ROUND_TRIP
    from semantic_tokens.models.embeddings import read_embeddings, write_embeddings

    settings, shuffle = AlignmentSettings(**job.params.alignment), job.params.shuffle
    embeddings, tokens = read_embeddings(job.input.embeddings)
    embeddings, tokenizer = embeddings.to(job.device), Tokenizer.from_file(job.input.tokenizer)
    pairs = token_pairs(job.input.word_pairs, tokenizer, [name for name in job.params.sources if name != ROUND_TRIP])
    if ROUND_TRIP in job.params.sources:
        pairs = with_round_trip(pairs, embeddings, tokenizer)
    if shuffle:
        settings = settings.model_copy(update={"learning_rates": [chosen_learning_rate(job.input.chosen_rate)]})
    result = align(embeddings, pairs, settings, job.params.seed, shuffle)
    write_embeddings(result.embeddings.cpu(), tokens, job.output.embeddings)
    write_history(result, pairs, job.output.history, job.output.coverage)
