"""Sizes of a published checkpoint that a config need not repeat: from the registry, or from a folder's config.json."""

import json
from pathlib import Path
from typing import Any

from semantic_tokens.sources.fetch.registry import sources

# What architectures call them.
SIZES: dict[str, tuple[str, ...]] = {
    "vocabulary": ("vocab_size",),
    "dim": ("embedding_size", "hidden_size", "d_model", "n_embed", "n_embd", "dim"),
    "max_length": ("max_position_embeddings", "n_positions", "seq_length"),
}
_POSITIONS_AFTER_PADDING = ("camembert", "longformer", "mpnet", "roberta", "xlm-roberta", "xlm-roberta-xl", "xmod")


def described(folder: str | Path) -> dict[str, Any] | None:
    """The folder's config.json; None where there is none that can be read."""
    try:
        found = json.loads((Path(folder).expanduser() / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def published_sizes(model: object, folder: object) -> dict[str, int]:
    """Those of SIZES that are known of the registry's `model`, or of the checkpoint in `folder`."""
    if isinstance(model, str) and model in sources():
        return {str(size): value for size, value in sources()[model].sizes.items()}
    config = described(folder) if isinstance(folder, str) else None
    found = {size: _first(config or {}, keys) for size, keys in SIZES.items()}
    if found["max_length"] is not None and config:
        found["max_length"] -= unused_positions(config.get("model_type"), config.get("pad_token_id"))
    return {size: value for size, value in found.items() if value is not None}


def unused_positions(model_type: object, pad_token_id: object) -> int:
    """How many of a model's positions no token has: some architectures count from the one behind the padding id."""
    padding = pad_token_id if isinstance(pad_token_id, int) else 1
    return padding + 1 if model_type in _POSITIONS_AFTER_PADDING else 0


def _first(config: dict[str, Any], keys: tuple[str, ...]) -> int | None:
    return next((config[key] for key in keys if isinstance(config.get(key), int)), None)
