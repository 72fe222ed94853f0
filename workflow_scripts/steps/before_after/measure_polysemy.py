"""What groups do to the senses of words, and what that costs."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens import tables
    from semantic_tokens.analysis import measures, polysemy
    from semantic_tokens.analysis.partitions import load_partitions
    from semantic_tokens.analysis.tokens import whole_words
    from semantic_tokens.pretraining.token_cache import read_caches
    from semantic_tokens.report import conflation

    if job.params.world:
        senses = polysemy.of_concepts(tables.read("word_concepts", job.input.senses))
    else:
        partitions = load_partitions(job.params.groupings, job.input.partitions)
        words = {form for _, partition in partitions for form in whole_words(partition).values()}
        senses = polysemy.of_dictionaries(tables.read_batches("word_pairs", job.input.senses), words)
    texts = read_caches(job.params.with_text, job.input.rows, job.input.index)
    found = []
    for condition, partition in load_partitions(job.params.groupings, job.input.partitions):
        text = texts.get(condition.backbone)
        languages = text.names if text else sorted({lang for by_lang in senses.values() for lang in by_lang})
        counts = text.counts(len(partition.tokens)) if text else None
        found.append((condition, polysemy.measure_polysemy(partition, senses, languages, counts, job.params.seed)))
    lost = conflation.losses(tables.read("scores", job.input.scores))
    measures.write_all(conflation.with_costs(found, lost), job.output.csv)
