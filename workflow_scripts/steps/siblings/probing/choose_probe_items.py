"""Sample the words and sentences that all models are probed on."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens import tables
    from semantic_tokens.siblings.probing import items, parallel

    options, seed = job.params, job.params.seed
    dictionary = (part.to_pandas() for part in tables.read_batches("word_pairs", job.input.word_pairs))
    words, pairs = items.choose_words(dictionary, options.languages, options.word_pairs, seed)
    sentences = parallel.read(job.input.parallel)
    chosen = {
        "words": words,
        "word_pairs": pairs,
        "sentences": items.choose_sentences(sentences, options.languages, options.sentences, seed),
    }
    if options.with_ner:
        tagged = (part.to_pandas() for part in tables.read_batches("ner", job.input.ner))
        chosen["ner"] = items.choose_ner(tagged, options.languages, options.ner_sentences, seed)
    for name, table in chosen.items():
        table.to_parquet(getattr(job.output, name), index=False)
