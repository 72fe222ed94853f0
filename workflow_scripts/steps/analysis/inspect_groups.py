"""The groups of keywords, and the share of words that share a group with a translation."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens import tables
    from semantic_tokens.analysis.keywords import Member, members_of_keywords
    from semantic_tokens.analysis.partitions import load_partitions
    from semantic_tokens.analysis.translated_words import TranslatedWords, concepts_of, measure_translated_words
    from semantic_tokens.report import groups

    options, world = job.params, job.input.get("concepts")
    concepts = concepts_of(tables.read("word_concepts", world)) if world else {}
    members, translated = list[Member](), list[TranslatedWords]()
    for condition, partition in load_partitions(options.groupings, job.input.partitions):
        members += members_of_keywords(condition, partition, options.keywords)
        if concepts:
            translated += measure_translated_words(condition, partition, concepts, options.seed)
    groups.write_rows(Member, members, job.output.keywords)
    if world:
        groups.write_rows(TranslatedWords, translated, job.output.translated_words)
