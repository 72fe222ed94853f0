"""A folder of a grouped model, opened: as `group` writes it, or a compact export of the workflow."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tokenizers import Tokenizer

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.tool.made import Made, read

_FILES = ("config.json", "model.safetensors", "partition.parquet", "tokenizer.json", "tokenizer_config.json")


@dataclass(frozen=True)
class Opened:
    """The folder, and what it says of itself; its partition and its tokenizer are read when they are asked for."""

    folder: Path
    made: Made | None

    @cached_property
    def partition(self) -> VocabularyPartition:
        """Over the tokens of the tokenizer."""
        return VocabularyPartition.load(self.folder / "partition.parquet")

    @cached_property
    def tokenizer(self) -> Tokenizer:
        return Tokenizer.from_file(str(self.folder / "tokenizer.json"))


def open_folder(folder: str | Path) -> Opened:
    """Raises InputError where a file is missing, or where another command wrote the folder."""
    path = Path(folder)
    missing = [name for name in _FILES if not (path / name).is_file()]
    if missing:
        raise InputError(f"{path}: no {', '.join(missing)}; allowed: a folder that `semantic-tokens group` wrote")
    return Opened(path, read(path))
