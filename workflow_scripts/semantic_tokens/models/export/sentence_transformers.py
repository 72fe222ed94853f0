"""The sentence-transformers forms: what `SentenceTransformer(folder)` reads beside an encoder and its tokenizer.

sentence-transformers          the expanded model, whose tokenizer needs no look-up
sentence-transformers-compact  |V'| rows; a module in the folder looks groups up, which a user must allow by
                               `trust_remote_code=True`: the library imports no foreign class without
"""

import json
from pathlib import Path
from shutil import copyfile
from typing import Any

import torch
from safetensors.torch import save_file

from semantic_tokens.grouping.partition import VocabularyPartition

SETTINGS = ("config_sentence_transformers.json", "sentence_bert_config.json")
_MODULES = "modules.json"
_CODE = Path(__file__).with_name("grouped_transformer.py.txt")
_PLAIN, _GROUPED = "sentence_transformers.models.Transformer", "grouped_transformer.GroupedTransformer"


def keep_what_follows(source: Path, kept: Path) -> bool:
    """Copy from a sentence-transformers model what follows its encoder (pooling, dense layers) and its prompts to the
    new folder `kept`. False, and no folder, where the source is no such model."""
    if not (source / _MODULES).exists():
        return False
    kept.mkdir()
    _copy(source, kept)
    return True


def write_modules(folder: Path, dim: int, kept: Path | None) -> None:
    """Make a sentence-transformers model of a folder with an encoder of `dim` dimensions and its tokenizer.

    kept: what `keep_what_follows` wrote; None: the mean over the tokens.
    """
    if kept is not None:
        _copy(kept, folder)
        return
    pooling = {"word_embedding_dimension": dim, "pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False}
    types = {"": _PLAIN, "1_Pooling": "sentence_transformers.models.Pooling"}
    modules = [{"idx": i, "name": f"{i}", "path": path, "type": name} for i, (path, name) in enumerate(types.items())]
    (folder / "1_Pooling").mkdir()
    _write(folder / "1_Pooling/config.json", pooling)
    _write(folder / _MODULES, modules)


def look_groups_up(folder: Path, partition: VocabularyPartition) -> None:
    """Let the model that `write_modules` wrote take the ids of tokens where its encoder's rows are those of groups."""
    modules = json.loads((folder / _MODULES).read_text(encoding="utf-8"))
    modules[0]["type"] = _GROUPED
    _write(folder / _MODULES, modules)
    copyfile(_CODE, folder / "grouped_transformer.py")
    save_file({"group_of": torch.from_numpy(partition.group_of)}, folder / "group_of.safetensors")


def _copy(source: Path, folder: Path) -> None:
    modules = json.loads((source / _MODULES).read_text(encoding="utf-8"))
    modules[0] |= {"path": "", "type": _PLAIN}  # the encoder is where ours is
    _write(folder / _MODULES, modules)
    for name in SETTINGS:
        if (source / name).exists():
            copyfile(source / name, folder / name)
    for module in modules[1:]:
        (folder / module["path"]).mkdir()
        for path in sorted((source / module["path"]).glob("*")):
            copyfile(path, folder / module["path"] / path.name)


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
