"""The pretrained pooler of an encoder: the dense layer over [CLS] that BERT's sequence classifier starts from.

transformers' masked-LM classes have none and leave a checkpoint's out. Here it stays on the body, through truncation,
grouping and continual pretraining, which do not read it, and is saved with the model.
"""

import copy
import json
import zipfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor, nn
from transformers import PretrainedConfig, PreTrainedModel

from semantic_tokens.errors import InputError

NAME = "pooler"


def is_of_pooler(name: str) -> bool:
    """Whether a weight of this name is the pooler's."""
    return NAME in name.split(".")


def attach(model: PreTrainedModel, folder: Path, left_out: Collection[str]) -> None:
    """Give `model`, in place, the pooler of the checkpoint in `folder`; `left_out` names what its class ignored."""
    names = sorted(filter(is_of_pooler, left_out))
    if not names:
        return
    with torch.device("meta"):  # of the body that is built for its shape nothing is stored
        body = type(model.base_model)(model.config)
    module: nn.Module = body.pooler  # type: ignore[assignment]  # by name
    weights = {name.partition(f"{NAME}.")[2]: tensor.float() for name, tensor in _read(folder, names).items()}
    module.load_state_dict(weights, strict=True, assign=True)
    _give(body, model.base_model)


def like(model: PreTrainedModel, config: PretrainedConfig) -> PreTrainedModel:
    """A new model of `model`'s class and `config`, with a copy of its pooler if it has one."""
    new = type(model)(config)
    _give(model.base_model, new.base_model, copy.deepcopy)
    return new


def _give(giver: nn.Module, taker: nn.Module, of: Callable[[Any], Any] = lambda part: part) -> None:
    """Let `taker` have the pooler of `giver`; ALBERT's body keeps the activation behind it apart."""
    for name in (NAME, f"{NAME}_activation"):
        if hasattr(giver, name):
            setattr(taker, name, of(getattr(giver, name)))


def _read(folder: Path, names: Collection[str]) -> dict[str, Tensor]:
    """Tensors of a checkpoint in any of transformers' files, the others unread."""
    pickled, index = folder / "pytorch_model.bin", folder / "model.safetensors.index.json"
    if (folder / "model.safetensors").is_file():
        files = dict.fromkeys(names, "model.safetensors")
    elif index.is_file():
        files = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
    elif pickled.is_file():
        # Files from before torch 1.6 are not zip files and cannot be mapped.
        state = torch.load(pickled, map_location="cpu", mmap=zipfile.is_zipfile(pickled), weights_only=True)
        return {name: state[name].clone() for name in names}
    else:
        raise InputError(f"{folder}: no model.safetensors or pytorch_model.bin to read the pooler from")
    found = {}
    for name in names:
        with safe_open(folder / files[name], framework="pt") as file:
            found[name] = file.get_tensor(name)
    return found
