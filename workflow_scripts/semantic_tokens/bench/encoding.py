"""Passages to vectors: our way, sentence-transformers, and the loop of the library's examples."""

import atexit
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from tokenizers import Tokenizer
from transformers import AutoTokenizer, BertModel, PreTrainedTokenizerFast

from semantic_tokens.bench.inputs import MIRACL, Sizes, bert_config, lengths_of_texts, word_tokenizer
from semantic_tokens.tasks.encoding import Template, token_ids
from semantic_tokens.tasks.retrieval import encode_rows

BATCH = 128


class Encoder(NamedTuple):
    """One encoder as each side holds it, and the texts to encode."""

    texts: list[str]
    model: Any
    tokenizer: Tokenizer
    library: SentenceTransformer
    folder: Path


@cache
def encoder_of(sizes: Sizes, device: str) -> Encoder:
    """A folder with weights and tokenizer that all sides load; texts whose every word is one token."""
    place = tempfile.TemporaryDirectory(prefix="bench-encoder-")
    atexit.register(place.cleanup)
    folder = Path(place.name)
    torch.manual_seed(0)
    BertModel(bert_config(sizes)).save_pretrained(folder)
    tokenizer = word_tokenizer(sizes.words)
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=MIRACL[2], **names).save_pretrained(folder)
    transformer = Transformer(str(folder), max_seq_length=MIRACL[2])
    library = SentenceTransformer(modules=[transformer, Pooling(sizes.dim, pooling_mode="cls")], device=device)
    rng = np.random.default_rng(2)
    texts = [
        " ".join(f"w{i}" for i in rng.integers(0, sizes.words, n - 2))
        for n in lengths_of_texts(MIRACL, sizes.passages, 2)
    ]
    model: Any = BertModel.from_pretrained(folder)
    return Encoder(texts, model.to(device).eval(), tokenizer, library, folder)


def encode_ours(sizes: Sizes, device: str) -> np.ndarray:
    """From text to vectors; in the workflow the texts are tokenised once for all conditions, here each time."""
    encoder = encoder_of(sizes, device)
    template = Template.of(encoder.tokenizer)
    texts = token_ids(encoder.tokenizer, pa.chunked_array([encoder.texts]), MIRACL[2] - template.n_sequence)
    return encode_rows(encoder.model, template, texts, np.arange(len(texts)))


def encode_by_library(sizes: Sizes, device: str) -> np.ndarray:
    """sentence-transformers, which sorts by length itself."""
    encoder = encoder_of(sizes, device)
    return encoder.library.encode(encoder.texts, batch_size=BATCH, show_progress_bar=False)


def encode_plainly(sizes: Sizes, device: str) -> np.ndarray:
    """The loop of the library's examples: batches as the texts come."""
    encoder = encoder_of(sizes, device)
    tokenizer = AutoTokenizer.from_pretrained(encoder.folder)
    vectors = []
    with torch.inference_mode():
        for start in range(0, len(encoder.texts), BATCH):
            texts = encoder.texts[start : start + BATCH]
            inputs = tokenizer(texts, padding=True, truncation=True, max_length=MIRACL[2], return_tensors="pt")
            vectors.append(encoder.model(**inputs.to(device)).last_hidden_state[:, 0].cpu().numpy())
    return np.concatenate(vectors)
