"""Checkpoints with the tensors of the published ones: names, shapes, types and file format, the numbers at random.

Which tensors upstream's files hold beside those that a model needs (a pooler, a head, old names) is from memory.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from transformers import (
    BertConfig,
    BertForPreTraining,
    BloomConfig,
    BloomForCausalLM,
    MT5Config,
    MT5ForConditionalGeneration,
    PretrainedConfig,
    Qwen2Config,
    Qwen2ForCausalLM,
    XLMRobertaConfig,
    XLMRobertaForMaskedLM,
)

Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class Published:
    """A model as published: its class and config, the type of its weights, and the quirks of its file."""

    model: Any
    config: PretrainedConfig
    dtype: torch.dtype = torch.float32
    safetensors: bool = True
    more: Shapes = field(default_factory=dict)  # tensors of the file that the class has not
    prefix: str = ""  # that the file leaves out of the names
    old_names: bool = False  # gamma and beta


def _xlmr(rows: int, width: int, layers: int, **others: Any) -> XLMRobertaConfig:
    return XLMRobertaConfig(
        vocab_size=rows, hidden_size=width, num_hidden_layers=layers, num_attention_heads=width // 64,
        intermediate_size=4 * width, max_position_embeddings=514, type_vocab_size=1, layer_norm_eps=1e-5,
        pad_token_id=1, bos_token_id=0, eos_token_id=2, **others,
    )  # fmt: skip


def _pooler(width: int) -> Shapes:
    return {"roberta.pooler.dense.weight": (width, width), "roberta.pooler.dense.bias": (width,)}


def published(name: str) -> Published:
    """The shape of a backbone of the registry."""
    if name == "mbert":
        config = BertConfig(vocab_size=119_547, pad_token_id=0)  # the other sizes are BERT's defaults
        return Published(BertForPreTraining, config, old_names=True)
    if name == "xlmr-base":
        return Published(XLMRobertaForMaskedLM, _xlmr(250_002, 768, 12), more=_pooler(768))
    if name == "xlmr-large":
        return Published(XLMRobertaForMaskedLM, _xlmr(250_002, 1024, 24), more=_pooler(1024))
    if name == "xlmv-base":
        return Published(XLMRobertaForMaskedLM, _xlmr(901_629, 768, 12), safetensors=False)
    if name == "mt5-base":
        config = MT5Config(
            vocab_size=250_112, d_model=768, d_ff=2048, d_kv=64, num_layers=12, num_decoder_layers=12, num_heads=12,
            feed_forward_proj="gated-gelu", tie_word_embeddings=False,
        )  # fmt: skip
        head = {"lm_head.weight": (250_112, 768)}  # of its own; transformers ties it
        return Published(MT5ForConditionalGeneration, config, safetensors=False, more=head)
    if name == "bloom-560m":
        config = BloomConfig(
            vocab_size=250_880, hidden_size=1024, n_layer=24, n_head=16, bos_token_id=1, eos_token_id=2, pad_token_id=3
        )
        return Published(BloomForCausalLM, config, torch.float16, prefix="transformer.")
    if name == "qwen2":
        config = Qwen2Config(
            vocab_size=151_936, hidden_size=896, intermediate_size=4864, num_hidden_layers=24, num_attention_heads=14,
            num_key_value_heads=2, max_position_embeddings=131_072, tie_word_embeddings=True, bos_token_id=151_643,
            eos_token_id=151_643,
        )  # fmt: skip
        return Published(Qwen2ForCausalLM, config, torch.bfloat16)
    raise ValueError(f"no published shape is known of {name!r}")


def tensors(model: Published) -> Shapes:
    """Name -> shape of every tensor in the file, a shared one once."""
    with torch.device("meta"):
        built = model.model(model.config)
    aliases = set(built.all_tied_weights_keys)
    names: dict[int, list[str]] = {}
    for name, tensor in built.named_parameters(remove_duplicate=False):
        names.setdefault(id(tensor), []).append(name)
    kept = (min(found, key=lambda name: name in aliases) for found in names.values())
    named = {name: tuple(built.get_parameter(name).shape) for name in kept}
    named |= model.more
    return {_written(name, model): shape for name, shape in named.items()}


def _written(name: str, model: Published) -> str:
    if model.old_names and "LayerNorm" in name:
        name = name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")
    return name.removeprefix(model.prefix)


def write(model: Published, folder: Path) -> None:
    """config.json, and model.safetensors or pytorch_model.bin, in `folder`."""
    settings = {**model.config.to_diff_dict(), "architectures": [model.model.__name__]}
    settings |= {"model_type": model.config.model_type, "torch_dtype": str(model.dtype).removeprefix("torch.")}
    (folder / "config.json").write_text(json.dumps(settings, indent=1), encoding="utf-8")
    generator = torch.Generator().manual_seed(0)
    weights = {found: _drawn(found, shape, model, generator) for found, shape in tensors(model).items()}
    if model.safetensors:
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    else:
        torch.save(weights, folder / "pytorch_model.bin")


def _drawn(name: str, shape: tuple[int, ...], model: Published, generator: torch.Generator) -> torch.Tensor:
    """Near 1 for the scale of a normalisation, near 0 for all else, as in a model that is not trained."""
    tensor = torch.empty(shape).normal_(0.0, 0.02, generator=generator)
    scale = len(shape) == 1 and ("norm" in name.lower() or "ln_f" in name) and not name.endswith(("bias", "beta"))
    return (tensor + 1 if scale else tensor).to(model.dtype)
