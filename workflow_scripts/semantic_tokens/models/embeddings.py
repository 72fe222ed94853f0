"""Embedding tables on disk: safetensors [V, d] float32, with the V tokens in id order."""

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file


def write_embeddings(table: torch.Tensor, tokens: Sequence[str], path: Path) -> None:
    save_file({"embeddings": table.float().contiguous()}, path, metadata={"tokens": json.dumps(list(tokens))})


def read_embeddings(path: Path) -> tuple[torch.Tensor, tuple[str, ...]]:
    """(table [V, d] float32, tokens)."""
    with safe_open(path, framework="pt") as file:
        return file.get_tensor("embeddings"), tuple(json.loads(file.metadata()["tokens"]))
