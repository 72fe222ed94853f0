"""Passages to vectors: our way, sentence-transformers, and the loop of the library's examples."""

import tempfile
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import torch
from tokenizers import Tokenizer
from transformers import AutoTokenizer, BertModel, PreTrainedTokenizerFast

from semantic_tokens.bench.inputs import MIRACL, Workload, bert_config, lengths_of_texts, word_tokenizer
from semantic_tokens.fine_tuning.encoding import Template, token_ids
from semantic_tokens.fine_tuning.network import Network
from semantic_tokens.fine_tuning.vectors import encode_rows

BATCH = 128


class Encoder(NamedTuple):
    """One model with our tokenizer and with the library's."""

    model: Any
    tokenizer: Tokenizer
    library_tokenizer: Any


def texts_of(sizes: Workload) -> list[str]:
    """Passages whose every word is one token."""
    rng = np.random.default_rng(2)
    lengths = lengths_of_texts(MIRACL, sizes.passages, 2)
    return [" ".join(f"w{i}" for i in rng.integers(0, sizes.words, n - 2)) for n in lengths]


def save_encoder(sizes: Workload, folder: str) -> None:
    """Random weights, the same at each call, and a tokenizer, as the libraries load them."""
    torch.manual_seed(0)
    BertModel(bert_config(sizes)).save_pretrained(folder)
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    tokenizer = word_tokenizer(sizes.words)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=MIRACL[2], **names).save_pretrained(folder)


def encoder_of(sizes: Workload, device: str) -> Encoder:
    with tempfile.TemporaryDirectory(prefix="bench-encoder-") as folder:
        save_encoder(sizes, folder)
        model: Any = BertModel.from_pretrained(folder)
        return Encoder(model.to(device).eval(), word_tokenizer(sizes.words), AutoTokenizer.from_pretrained(folder))


def library_of(sizes: Workload, device: str) -> Any:
    """The same encoder as a model of sentence-transformers, whose vector is that of [CLS]."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    with tempfile.TemporaryDirectory(prefix="bench-encoder-") as folder:
        save_encoder(sizes, folder)
        transformer = Transformer(folder, max_seq_length=MIRACL[2])
        return SentenceTransformer(modules=[transformer, Pooling(sizes.dim, pooling_mode="cls")], device=device)


def encode_ours(encoder: Encoder, texts: list[str]) -> np.ndarray:
    """From text to vectors; in the workflow the texts are tokenised once for all conditions, here each time."""
    template = Template.of(encoder.tokenizer)
    ids = token_ids(encoder.tokenizer, pa.chunked_array([texts]), MIRACL[2] - template.n_sequence)
    return encode_rows(Network(encoder.model), template, ids, np.arange(len(ids)))


def encode_by_library(library: Any, texts: list[str]) -> np.ndarray:
    """sentence-transformers, which sorts by length itself."""
    return library.encode(texts, batch_size=BATCH, show_progress_bar=False)


def encode_plainly(encoder: Encoder, texts: list[str]) -> np.ndarray:
    """The loop of the library's examples: batches as the texts come."""
    vectors = []
    with torch.inference_mode():
        for start in range(0, len(texts), BATCH):
            inputs = encoder.library_tokenizer(
                texts[start : start + BATCH], padding=True, truncation=True, max_length=MIRACL[2], return_tensors="pt"
            ).to(encoder.model.device)
            vectors.append(encoder.model(**inputs).last_hidden_state[:, 0].cpu().numpy())
    return np.concatenate(vectors)
