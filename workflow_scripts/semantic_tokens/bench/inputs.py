"""Texts and models to measure tasks on: the lengths of real texts, a tokenizer of made-up words, random weights.

Lengths are log-normal, with the medians of mBERT's wordpieces in MIRACL passages and XNLI pairs.
"""

from typing import Any, NamedTuple

import numpy as np
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig

SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
MIRACL, XNLI = (90, 0.6, 256), (35, 0.5, 128)  # median tokens, spread of their logarithm, longest


class Workload(NamedTuple):
    """Of the model, and how many passages and pairs a timed run reads."""

    vocabulary: int
    dim: int
    layers: int
    heads: int
    passages: int
    pairs: int

    @property
    def words(self) -> int:
        """Tokens that are not special."""
        return self.vocabulary - len(SPECIALS)


SMALL = Workload(vocabulary=8_000, dim=128, layers=4, heads=2, passages=1_024, pairs=512)
MBERT = Workload(vocabulary=119_547, dim=768, layers=12, heads=12, passages=20_000, pairs=6_400)


def lengths_of_texts(shape: tuple[float, float, int], n: int, seed: int) -> np.ndarray:
    """n lengths in tokens, special ones included: log-normal of (median, sigma), cut at the longest."""
    median, sigma, longest = shape
    drawn = np.random.default_rng(seed).lognormal(np.log(median), sigma, n)
    return np.clip(drawn.round(), 8, longest).astype(np.int64)


def bert_config(sizes: Workload, **options: Any) -> BertConfig:
    """Weights are drawn larger than BERT's own, with which all texts would have nearly the same vector."""
    return BertConfig(
        initializer_range=sizes.dim**-0.5,
        vocab_size=sizes.vocabulary,
        hidden_size=sizes.dim,
        num_hidden_layers=sizes.layers,
        num_attention_heads=sizes.heads,
        intermediate_size=4 * sizes.dim,
        **options,
    )


def word_tokenizer(n_words: int) -> Tokenizer:
    """BERT's, over the words w0, w1, ..."""
    tokens = [*SPECIALS, *(f"w{i}" for i in range(n_words))]
    tokenizer = Tokenizer(models.WordPiece({token: i for i, token in enumerate(tokens)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.add_special_tokens(list(SPECIALS))
    return tokenizer
