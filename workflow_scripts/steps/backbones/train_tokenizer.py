"""Train the tokenizer of a tiny backbone on the corpus, or cut a real vocabulary to the pieces that occur in it."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    import logging
    from functools import partial
    from pathlib import Path

    import numpy as np
    import pyarrow.parquet as pq
    from tokenizers import Tokenizer

    from semantic_tokens.backbones.generative_tokenizers import train_byte_bpe, train_unigram_with_sentinels
    from semantic_tokens.backbones.occurring import count_tokens, cut_to_occurring, never_occurring
    from semantic_tokens.backbones.tokenizers import from_vocabulary, sampled_texts, train_unigram, train_wordpiece
    from semantic_tokens.grouping.vocabulary import read_vocabulary

    settings, path = job.params.backbone, job.output.tokenizer

    def count() -> np.ndarray:
        batches = pq.ParquetFile(job.input.corpus).iter_batches(500, columns=["text"])
        return count_tokens(Tokenizer.from_file(str(path)), (batch["text"].to_pylist() for batch in batches))

    if job.input.get("vocabulary_file") is None:
        trainers = {
            "bert": train_wordpiece,
            "xlm-roberta": train_unigram,
            "bloom": train_byte_bpe,
            "mt5": train_unigram_with_sentinels,
        }
        train = trainers[settings["architecture"]]
        train(partial(sampled_texts, job.input.corpus), settings["vocabulary"], path.parent, settings["max_length"])
    else:
        from_vocabulary(Path(job.input.vocabulary_file), path.parent, settings["max_length"])
        cut = cut_to_occurring(path.read_text(encoding="utf-8"), read_vocabulary(path), count(), settings["vocabulary"])
        path.write_text(cut, encoding="utf-8")
    logging.info(never_occurring(read_vocabulary(path), count()))
