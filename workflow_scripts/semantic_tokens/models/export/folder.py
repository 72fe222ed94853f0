"""The files of an export: model, tokenizer and partition, written from those of a condition."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.grouping.reduced_tokenizer import reduced_tokenizer
from semantic_tokens.grouping.vocabulary import parse_vocabulary
from semantic_tokens.models import checkpoint
from semantic_tokens.models.export.composed import is_composed, write_composed
from semantic_tokens.models.export.expanded import expand
from semantic_tokens.models.finite import require_finite_file

_OF_THE_MACHINE = ("is_local", "local_files_only", "name_or_path")  # how the tokenizer was loaded here


def over_emitted_tokens(partition: VocabularyPartition) -> VocabularyPartition:
    """The partition of the tokens that the condition's tokenizer emits: without those that First-k drops."""
    if partition.group_of.min() >= 0:
        return partition
    kept = partition.group_of >= 0
    position = np.cumsum(kept) - 1
    return replace(
        partition,
        group_of=partition.group_of[kept],
        tokens=tuple(token for token, stays in zip(partition.tokens, kept, strict=True) if stays),
        cosine_to_centroid=partition.cosine_to_centroid[kept],
        special_ids=tuple(int(position[i]) for i in partition.special_ids),
    )


def write_model(form: str, trained: Path, partition: VocabularyPartition, folder: Path) -> None:
    """config.json and model.safetensors of the condition in `trained`; `partition` must drop no token."""
    if form == "expanded":
        model = checkpoint.load_padded(trained)
        checkpoint.save(expand(model, partition), folder)
    elif form == "compact" and is_composed(trained / "config.json"):
        require_finite_file(trained / "model.safetensors")
        write_composed(trained, folder)
    else:
        require_finite_file(trained / "model.safetensors")
        for name in ("config.json", "model.safetensors"):
            shutil.copyfile(trained / name, folder / name)


def write_tokenizer(
    form: str, tokenizer: Path, tokenizer_config: Path, partition: VocabularyPartition, folder: Path
) -> None:
    """tokenizer.json and tokenizer_config.json; raises InputError where the form does not suit the tokenizer."""
    text = tokenizer.read_text(encoding="utf-8")
    vocabulary = parse_vocabulary(text)
    if vocabulary.tokens != partition.tokens:
        raise InputError(
            f"{tokenizer}: its {len(vocabulary)} tokens are not the {len(partition.tokens)} of the partition"
        )
    if form == "compact-wordpiece":
        if vocabulary.kind != "wordpiece":
            raise InputError(
                f"{tokenizer}: a Unigram piece's id is its place in the list, so two pieces cannot share one; "
                "compact-wordpiece needs WordPiece, allowed here: expanded, compact"
            )
        text = reduced_tokenizer(text, partition)
    (folder / "tokenizer.json").write_text(text, encoding="utf-8")
    settings = json.loads(tokenizer_config.read_text(encoding="utf-8"))
    settings = {key: value for key, value in settings.items() if key not in _OF_THE_MACHINE}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
