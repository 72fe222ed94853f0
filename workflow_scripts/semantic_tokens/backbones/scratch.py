"""A tiny encoder ready to be pretrained from scratch, with random or with informed initial weights."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse as sparse
import torch
from sklearn.utils.extmath import randomized_svd
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertConfig, BertForMaskedLM, PreTrainedModel, XLMRobertaConfig, XLMRobertaForMaskedLM

_WINDOW = 4
_CONTEXT_SMOOTHING = 0.75  # Levy, Goldberg and Dagan (2015)
_ROOT_MEAN_SQUARE = 0.05
_MIMETIC_NOISE, _MIMETIC_IDENTITY = 0.5, 0.7  # alpha_1 and beta_1 of Trockman and Kolter (2023)

ARCHITECTURES: dict[str, tuple[Any, Any, dict[str, str]]] = {
    "bert": (BertConfig, BertForMaskedLM, {"pad": "[PAD]"}),
    "xlm-roberta": (XLMRobertaConfig, XLMRobertaForMaskedLM, {"pad": "<pad>", "bos": "<s>", "eos": "</s>"}),
}


def build(settings: Mapping[str, Any], tokenizer: Tokenizer, seed: int) -> PreTrainedModel:
    """A randomly initialised masked LM of the shape that `settings` gives (a backbone's section of the config)."""
    config_class, model_class, special = ARCHITECTURES[settings["architecture"]]
    ids: dict[str, Any] = {f"{name}_token_id": tokenizer.token_to_id(token) for name, token in special.items()}
    roberta = settings["architecture"] == "xlm-roberta"
    config = config_class(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=settings["dim"],
        num_hidden_layers=settings["layers"],
        num_attention_heads=settings["heads"],
        intermediate_size=settings["intermediate"],
        hidden_dropout_prob=settings["dropout"],
        attention_probs_dropout_prob=0.0,  # with dropout there, attention on a CPU leaves its fused kernel
        # RoBERTa counts positions from the padding id on.
        max_position_embeddings=settings["max_length"] + (ids["pad_token_id"] + 1 if roberta else 0),
        type_vocab_size=1 if roberta else 2,
        **ids,
    )
    torch.manual_seed(seed)
    return model_class(config)


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
    this from noise; reranking learns sooner with it (docs/tuning.md).
    """
    generator = torch.Generator().manual_seed(seed)
    encoder: Any = model.base_model.encoder
    layers = encoder.layer
    for layer in layers[: len(layers) // 2]:
        attention = layer.attention.self
        width, size = attention.query.weight.shape[0], attention.attention_head_size
        for rows in torch.arange(width).split(size):
            noise = torch.randn(width, width, generator=generator) / width**0.5
            left, singular, right = torch.linalg.svd(_MIMETIC_NOISE * noise + _MIMETIC_IDENTITY * torch.eye(width))
            root = singular[:size, None].sqrt()
            with torch.no_grad():
                attention.query.weight[rows] = root * left[:, :size].T
                attention.key.weight[rows] = root * right[:size]


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
