"""Which backbones of a config can be taken through conditions: those with a masked-LM head, as far as one can tell."""

import json
from collections.abc import Iterator
from pathlib import Path

from semantic_tokens.config_models import SCRATCH_MASKED_LMS, Config, HubBackbone, ScratchBackbone
from semantic_tokens.sources.listing import MASKED_LMS

_WITH_HEAD = ("ForMaskedLM", "ForPreTraining")


def folder_problems(config: Config) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """(key, value, what is wrong) of every `folder` that is not one of a checkpoint."""
    for name, backbone in config.backbones.items():
        if isinstance(backbone, HubBackbone) and backbone.folder and _described(backbone.folder) is None:
            yield ("backbones", name, "folder"), backbone.folder, "must be a folder with a checkpoint's config.json"


def has_masked_lm_head(backbone: ScratchBackbone | HubBackbone) -> bool:
    """Whether the backbone is a masked LM: known of the registry's and of an architecture's,
    told of a folder by its config.json.

    A folder whose config.json does not name its architecture passes: the step that loads it sees for itself.
    """
    if isinstance(backbone, ScratchBackbone):
        return backbone.architecture in SCRATCH_MASKED_LMS
    if backbone.folder is None:
        return backbone.model in MASKED_LMS
    architectures = (_described(backbone.folder) or {}).get("architectures") or []
    return not architectures or any(name.endswith(_WITH_HEAD) for name in architectures)


def _described(folder: str) -> dict | None:
    """The folder's config.json, None where there is none that can be read."""
    try:
        found = json.loads((Path(folder) / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
