"""Group a vocabulary: which tokens become one semantic token."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from dataclasses import replace

    from tokenizers import Tokenizer

    from semantic_tokens.alignment.pairs import token_pairs
    from semantic_tokens.conditions import Grouping, n_groups
    from semantic_tokens.grouping.group import group
    from semantic_tokens.grouping.inputs import GroupingInputs
    from semantic_tokens.grouping.methods.lexicon import links
    from semantic_tokens.grouping.vocabulary import read_vocabulary
    from semantic_tokens.models.embeddings import read_embeddings
    from semantic_tokens.pretraining.token_cache import read_cache
    from semantic_tokens.workflow.devices import visible_gpus

    grouping, settings = Grouping.parse(job.wildcards.grouping), dict(job.params.grouping)
    vocabulary = read_vocabulary(job.input.tokenizer)
    embeddings, _ = read_embeddings(job.input.embeddings)
    cache = read_cache(job.input.rows, job.input.index) if job.input.get("rows") else None
    linked = None
    if lexicon := settings.pop("lexicon", None):
        pairs = token_pairs(job.input.word_pairs, Tokenizer.from_file(job.input.tokenizer), lexicon["sources"])
        linked = links(pairs.a, pairs.b, pairs.language_pair, pairs.names, lexicon["languages"])
    inputs = GroupingInputs(
        embeddings=embeddings.to(job.device),
        vocabulary=vocabulary,
        n_groups=n_groups(len(vocabulary.tokens), grouping),
        token_languages=None if cache is None else cache.token_languages(len(vocabulary.tokens)),
        seed=job.params.seed,
        token_counts=None if cache is None else cache.counts(len(vocabulary.tokens)),
        checkpoint=job.params.checkpoint,
        code=job.params.code,
        devices=visible_gpus(snakemake.resources.get("gpu", 0)) if job.device == "cuda" else (),
        linked_tokens=linked,
    )
    made = group(grouping.method, inputs, **settings)
    if kind := job.params.get("semantic_embedding"):
        made = replace(made, details=made.details | {"semantic_embedding": kind})
    made.save(job.output.partition)
