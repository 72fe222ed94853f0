"""Embedding tables on disk: in separate files, float32 [V, d] with the V tokens in id order, or in checkpoints."""

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModel

from semantic_tokens.errors import InputError
from semantic_tokens.models.finite import require_finite
from semantic_tokens.models.parts import word_embeddings


def write_embeddings(table: torch.Tensor, tokens: Sequence[str], path: Path) -> None:
    """Raises InputError where a number of the table is not finite."""
    require_finite([("embeddings", table)], path)
    save_file({"embeddings": table.float().contiguous()}, path, metadata={"tokens": json.dumps(list(tokens))})


def read_embeddings(path: Path) -> tuple[torch.Tensor, tuple[str, ...]]:
    """(table [V, d] float32, tokens)."""
    with safe_open(path, framework="pt") as file:
        return file.get_tensor("embeddings"), tuple(json.loads(file.metadata()["tokens"]))


def read_word_embeddings(folder: Path, rows: int, dim: int) -> torch.Tensor:
    """float32 [rows, dim]: the first rows and columns of the word embeddings in a checkpoint's model.safetensors.

    No other weight is read. InputError where the file has no such table, or a smaller one.
    """
    with torch.device("meta"):  # for the table's name, without weights
        body = AutoModel.from_config(AutoConfig.from_pretrained(folder, trust_remote_code=False))
    table = word_embeddings(body).weight
    names = [name for name, weight in body.named_parameters(remove_duplicate=False) if weight is table]
    with safe_open(folder / "model.safetensors", framework="pt") as file:
        found = [key for key in file.keys() if any(f".{key}".endswith(f".{name}") for name in names)]  # noqa: SIM118
        if len(found) != 1:
            raise InputError(f"{folder}: {len(found)} tensors of word embeddings; expected one, {' or '.join(names)}")
        stored = file.get_slice(found[0])
        if stored.get_shape()[0] < rows or stored.get_shape()[1] < dim:
            raise InputError(
                f"{folder}: word embeddings of shape {stored.get_shape()}, but at least [{rows}, {dim}] is needed"
            )
        return stored[:rows, :dim].float()
