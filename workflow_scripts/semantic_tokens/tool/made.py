"""What a folder of `group` says of itself beside its model: how it was made, and how the original pools texts."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import copyfile

from semantic_tokens.errors import InputError

NAME = "semantic_tokens.json"
BEHIND = "sentence_transformers"  # the folder with what follows the encoder in a sentence-transformers model
_SETTINGS = ("config_sentence_transformers.json", "sentence_bert_config.json")


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


def keep_what_follows(source: Path, folder: Path) -> bool:
    """Copy what a sentence-transformers model has behind its encoder (pooling, dense layers, prompts) to a folder of
    its own, where it does not make a model of `folder`. False where the source is no such model."""
    if not (source / "modules.json").exists():
        return False
    kept = folder / BEHIND
    kept.mkdir()
    copyfile(source / "modules.json", kept / "modules.json")
    for name in _SETTINGS:
        if (source / name).exists():
            copyfile(source / name, kept / name)
    for module in json.loads((kept / "modules.json").read_text(encoding="utf-8"))[1:]:
        (kept / module["path"]).mkdir()
        for path in sorted((source / module["path"]).glob("*")):
            copyfile(path, kept / module["path"] / path.name)
    return True
