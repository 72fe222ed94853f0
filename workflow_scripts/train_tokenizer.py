"""Train the tokenizer of a tiny backbone on the corpus."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from semantic_tokens import tables
    from semantic_tokens.backbones.tokenizers import train_unigram, train_wordpiece

    texts = tables.read("corpus", job.input.corpus)["text"].to_pylist()
    settings = job.params.backbone
    train = train_wordpiece if settings["architecture"] == "bert" else train_unigram
    train(texts, settings["vocabulary"], job.output.tokenizer.parent, settings["max_length"])
