"""Measure the geometry of a condition's embedding table."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens.analysis import measures
    from semantic_tokens.analysis.dictionaries import DictionaryPairs
    from semantic_tokens.conditions import Condition
    from semantic_tokens.grouping.vocabulary import read_vocabulary
    from semantic_tokens.pretraining.token_cache import read_cache
    from semantic_tokens.siblings.geometry.measure import measure_table, write_examples
    from semantic_tokens.siblings.geometry.overlap import in_all
    from semantic_tokens.siblings.geometry.settings import Sample
    from semantic_tokens.siblings.geometry.table import read_table

    condition, given, seed = Condition.from_wildcards(job.wildcards), job.input, job.params.seed
    table = read_table(given.model, given.get("partition"), given.tokenizer, condition.dim)
    others = [read_vocabulary(path).tokens for path in given.get("vocabularies", [])]
    shared = in_all(table.tokens, others) if others else None
    pairs = DictionaryPairs.load(given.pairs) if given.get("pairs") else None
    text = read_cache(given.rows, given.index) if given.get("rows") else None
    counts = None if text is None else text.counts(table.vocabulary_size).sum(axis=0)[table.ids]
    found = measure_table(table, shared, pairs, counts, Sample(**job.params.sample), seed)
    measures.write(found, condition, job.output.measures)
    write_examples(table, pairs, str(condition), seed, job.output.neighbours)
