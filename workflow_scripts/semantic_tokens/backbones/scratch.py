"""A tiny language model ready to be pretrained from scratch, with random or with informed initial weights."""

from typing import Any

import numpy as np
import scipy.sparse as sparse
import torch
from sklearn.utils.extmath import randomized_svd
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import PreTrainedModel

from semantic_tokens.backbones.architectures import ARCHITECTURES
from semantic_tokens.backbones.settings import ScratchBackbone

_WINDOW = 4
_CONTEXT_SMOOTHING = 0.75  # Levy, Goldberg and Dagan (2015)
_ROOT_MEAN_SQUARE = 0.05
_MIMETIC_NOISE, _MIMETIC_IDENTITY = 0.5, 0.7  # alpha_1 and beta_1 of Trockman and Kolter (2023)


def build(settings: ScratchBackbone, tokenizer: Tokenizer, seed: int) -> PreTrainedModel:
    """A randomly initialised language model of the shape that `settings` gives."""
    architecture = ARCHITECTURES[settings.architecture]
    ids: dict[str, Any] = {
        f"{name}_token_id": tokenizer.token_to_id(token) for name, token in architecture.special.items()
    }
    config = architecture.config(settings, tokenizer.get_vocab_size(), ids)
    torch.manual_seed(seed)
    model = architecture.model(config)
    if settings.architecture == "mt5":
        # T5 draws its table with variance 1. It is also the output layer, whose logits would have that of `dim`.
        with torch.no_grad():
            _weight(model).mul_(_ROOT_MEAN_SQUARE)
    return model


def initialise_with_ppmi(model: PreTrainedModel, rows: np.ndarray, special_ids: tuple[int, ...], seed: int) -> None:
    """Replace the word embeddings by an SVD of positive pointwise mutual information, in place.

    rows: int [n, length] token ids. It saves most of the steps that a tiny model would need to learn which words occur
    together, and it shapes the geometry that K-Means sees: runs that use it say so.
    """
    table = _weight(model)
    ppmi = _ppmi(_cooccurrences(rows, table.shape[0], special_ids))
    left, singular, _ = randomized_svd(ppmi, table.shape[1], n_iter=4, random_state=seed)
    vectors = left * np.sqrt(singular)
    seen = np.flatnonzero(np.abs(vectors).sum(axis=1))
    vectors *= _ROOT_MEAN_SQUARE / np.sqrt((vectors[seen] ** 2).mean())
    with torch.no_grad():
        table[seen] = torch.from_numpy(vectors[seen]).to(table.dtype)


def _weight(model: PreTrainedModel) -> Tensor:
    embeddings = model.get_input_embeddings()
    assert isinstance(embeddings, nn.Embedding)
    return embeddings.weight


def initialise_attention(model: PreTrainedModel, seed: int) -> None:
    """Mimetic initialisation of the lower half of the layers: query times key weights start near the identity.

    A token then attends to its like from the first step on, as it does in trained models (Trockman and Kolter, 2023);
    the upper layers start with even attention and can gather what was found. A few hundred steps are too little to find
    this from noise; reranking learns sooner with it (docs/tuning.md). Of an encoder-decoder it is the encoder's layers.
    """
    generator = torch.Generator().manual_seed(seed)
    layers = _attention(model)
    for queries, keys, scaled in layers[: len(layers) // 2]:
        for query, key in zip(queries, keys):
            size, width = query.shape
            noise = torch.randn(width, width, generator=generator) / width**0.5
            left, singular, right = torch.linalg.svd(_MIMETIC_NOISE * noise + _MIMETIC_IDENTITY * torch.eye(width))
            root = singular[:size, None].sqrt()
            if not scaled:
                root = root / size**0.25
            with torch.no_grad():
                query.copy_(root * left[:, :size].T)
                key.copy_(root * right[:size])


def _attention(model: Any) -> list[tuple[Tensor, Tensor, bool]]:
    """Of every layer the weights of queries and of keys, views [heads, size, width], and whether the layer itself
    divides their products by the root of `size`."""
    kind, heads = model.config.model_type, model.config.num_attention_heads

    def by_head(weight: Tensor) -> Tensor:
        return weight.view(heads, -1, weight.shape[1])

    if kind == "bloom":
        fused = [layer.self_attention.query_key_value.weight for layer in model.transformer.h]
        parts = [weight.view(heads, 3, -1, weight.shape[1]) for weight in fused]
        return [(part[:, 0], part[:, 1], True) for part in parts]
    if kind == "mt5":
        attention = [block.layer[0].SelfAttention for block in model.encoder.block]
        return [(by_head(a.q.weight), by_head(a.k.weight), False) for a in attention]
    attention = [layer.attention.self for layer in model.base_model.encoder.layer]
    return [(by_head(a.query.weight), by_head(a.key.weight), True) for a in attention]


def _cooccurrences(rows: np.ndarray, size: int, special_ids: tuple[int, ...]) -> sparse.csr_matrix:
    """[V, V] counts of token pairs at most _WINDOW apart; special tokens count for nothing."""
    total = sparse.csr_matrix((size, size), dtype=np.float64)
    ordinary = ~np.isin(rows, special_ids)
    for distance in range(1, _WINDOW + 1):
        both = ordinary[:, :-distance] & ordinary[:, distance:]
        left, right = rows[:, :-distance][both], rows[:, distance:][both]
        counts = sparse.coo_matrix((np.ones(len(left)), (left, right)), shape=(size, size)).tocsr()
        total = total + counts + counts.T
    return total


def _ppmi(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    word = np.asarray(counts.sum(axis=1)).ravel()
    context = word**_CONTEXT_SMOOTHING
    context /= context.sum()
    entries = counts.tocoo()
    information = np.log(entries.data / (word[entries.row] * context[entries.col]))
    return sparse.csr_matrix((np.maximum(information, 0), (entries.row, entries.col)), shape=counts.shape)
