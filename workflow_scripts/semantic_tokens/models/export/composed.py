"""The compact form of a table that is a composition: vectors and codes in place of the rows that they make.

Plain transformers cannot read it, and say so: the config names a model type that they do not know.
"""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from semantic_tokens.models.composition import PARTS_KEY, Composition
from semantic_tokens.models.truncation import TRUNCATED_KEY, widened

MODEL_TYPE = "semantic-tokens-composition"
_KIND_KEY, _TABLE_KEY = "composed_model_type", "composed_embedding_name"
_VECTORS, _CODES = "composition.vectors", "composition.codes"
_CODE_TYPES = {1: torch.uint8, 2: torch.uint16, 4: torch.int32}


def is_composed(config: Path) -> bool:
    """Whether the config.json of a checkpoint records a composed table."""
    return PARTS_KEY in json.loads(config.read_text(encoding="utf-8"))


def write_composed(trained: Path, folder: Path) -> None:
    """config.json and model.safetensors in `folder`, of the checkpoint in `trained`; codes are those within a part."""
    config = json.loads((trained / "config.json").read_text(encoding="utf-8"))
    state = load_file(trained / "model.safetensors")
    name = _table_name(state, config)
    composition = Composition.of(_used(state.pop(name), config), config[PARTS_KEY])
    codes = composition.codes - composition.codes.min(dim=0).values
    state[_VECTORS] = composition.vectors.contiguous()
    state[_CODES] = codes.to(_CODE_TYPES[composition.code_bytes])
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    changed = config | {"model_type": MODEL_TYPE, _KIND_KEY: config["model_type"], _TABLE_KEY: name}
    (folder / "config.json").write_text(json.dumps(changed, indent=2) + "\n", encoding="utf-8")


@contextmanager
def as_checkpoint(folder: Path) -> Iterator[Path]:
    """A folder with the compact export as an ordinary checkpoint: itself, or, for a composed table, a temporary one."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if config.get("model_type") != MODEL_TYPE:
        yield folder
        return
    state = load_file(folder / "model.safetensors")
    codes, vectors = state.pop(_CODES).long(), state.pop(_VECTORS)
    sizes = codes.max(dim=0).values + 1  # each part has a vector for each of its codes
    name, kind = config.pop(_TABLE_KEY), config.pop(_KIND_KEY)
    table = Composition(vectors, codes + sizes.cumsum(0) - sizes).table
    state[name] = widened(table, config["hidden_size"]).contiguous()
    with tempfile.TemporaryDirectory() as whole:
        save_file(state, Path(whole) / "model.safetensors", metadata={"format": "pt"})
        (Path(whole) / "config.json").write_text(json.dumps(config | {"model_type": kind}), encoding="utf-8")
        yield Path(whole)


def table_bytes(folder: Path) -> int:
    """Bytes that the vectors and codes of such an export take in its file."""
    with safe_open(folder / "model.safetensors", framework="pt") as file:
        return sum(file.get_tensor(name).nbytes for name in (_VECTORS, _CODES))


def _table_name(state: dict[str, torch.Tensor], config: dict[str, object]) -> str:
    return next(name for name in state if name.endswith("word_embeddings.weight"))


def _used(table: torch.Tensor, config: dict[str, int]) -> torch.Tensor:
    """The dimensions of a stored table that are not zero because it is truncated."""
    return table[:, : config.get(TRUNCATED_KEY, table.shape[1])]
