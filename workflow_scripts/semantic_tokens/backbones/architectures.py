"""The shapes of tiny backbones: masked LMs (BERT, XLM-R), a decoder (BLOOM) and an encoder-decoder (mT5)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from transformers import (
    BertConfig,
    BertForMaskedLM,
    BloomConfig,
    BloomForCausalLM,
    MT5Config,
    MT5ForConditionalGeneration,
    PretrainedConfig,
    PreTrainedModel,
    XLMRobertaConfig,
    XLMRobertaForMaskedLM,
)

from semantic_tokens.backbones.settings import ScratchBackbone

Ids = Mapping[str, Any]  # pad_token_id, eos_token_id ...


@dataclass(frozen=True)
class Architecture:
    """How to make a model: `config(settings, vocabulary size, special ids)`, its class, its special tokens by role."""

    config: Callable[[ScratchBackbone, int, Ids], PretrainedConfig]
    model: Callable[[Any], PreTrainedModel]
    special: Mapping[str, str]


def _bert(settings: ScratchBackbone, vocabulary: int, ids: Ids) -> PretrainedConfig:
    return BertConfig(
        **_encoder(settings, vocabulary), max_position_embeddings=settings.max_length, type_vocab_size=2, **ids
    )


def _xlm_roberta(settings: ScratchBackbone, vocabulary: int, ids: Ids) -> PretrainedConfig:
    # RoBERTa counts positions from the padding id on.
    positions = settings.max_length + ids["pad_token_id"] + 1
    return XLMRobertaConfig(
        **_encoder(settings, vocabulary), max_position_embeddings=positions, type_vocab_size=1, **ids
    )


def _encoder(settings: ScratchBackbone, vocabulary: int) -> dict[str, Any]:
    return {
        "vocab_size": vocabulary,
        "hidden_size": settings.dim,
        "num_hidden_layers": settings.layers,
        "num_attention_heads": settings.heads,
        "intermediate_size": settings.intermediate,
        "hidden_dropout_prob": settings.dropout,
        "attention_probs_dropout_prob": 0.0,  # with dropout there, attention on a CPU leaves its fused kernel
    }


def _bloom(settings: ScratchBackbone, vocabulary: int, ids: Ids) -> PretrainedConfig:
    """BLOOM has no positions but distances (ALiBi), and feed-forward layers of 4 times its width."""
    return BloomConfig(
        vocab_size=vocabulary,
        hidden_size=settings.dim,
        n_layer=settings.layers,
        n_head=settings.heads,
        hidden_dropout=settings.dropout,
        **ids,
    )


def _mt5(settings: ScratchBackbone, vocabulary: int, ids: Ids) -> PretrainedConfig:
    """As many layers in the decoder as in the encoder; positions are distances here too."""
    return MT5Config(
        vocab_size=vocabulary,
        d_model=settings.dim,
        d_kv=settings.dim // settings.heads,
        d_ff=settings.intermediate,
        num_layers=settings.layers,
        num_heads=settings.heads,
        dropout_rate=settings.dropout,
        decoder_start_token_id=ids["pad_token_id"],
        **ids,
    )


ARCHITECTURES: dict[str, Architecture] = {
    "bert": Architecture(_bert, BertForMaskedLM, {"pad": "[PAD]"}),
    "xlm-roberta": Architecture(_xlm_roberta, XLMRobertaForMaskedLM, {"pad": "<pad>", "bos": "<s>", "eos": "</s>"}),
    "bloom": Architecture(_bloom, BloomForCausalLM, {"pad": "<pad>", "bos": "<s>", "eos": "</s>"}),
    "mt5": Architecture(_mt5, MT5ForConditionalGeneration, {"pad": "<pad>", "eos": "</s>"}),
}
