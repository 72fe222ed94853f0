"""What a folder of `group` says of itself beside its model: how it was made."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from semantic_tokens.errors import InputError

NAME = "semantic_tokens.json"
BEHIND = "sentence_transformers"  # the folder with what follows the encoder in a sentence-transformers model


@dataclass(frozen=True)
class Made:
    """model, revision and licence of the original (None: not known); the grouping method and its seed; the numbers of
    tokens and of groups."""

    model: str
    revision: str | None
    licence: str | None
    method: str
    seed: int
    tokens: int
    groups: int

    def save(self, folder: Path) -> None:
        (folder / NAME).write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read(folder: Path) -> Made | None:
    """What `Made.save` wrote; None where a folder has no such file, as an export of the workflow."""
    path = folder / NAME
    if not path.exists():
        return None
    try:
        return Made(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise InputError(f"{path}: not what `semantic-tokens group` writes ({error})") from None
