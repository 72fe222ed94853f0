"""All stand-ins in one folder, `{source}/{upstream's path}`: made once, kept for the next rehearsal."""

import os
from collections.abc import Callable
from pathlib import Path

from rehearsal import checkpoints, data, vocabularies

# backbone -> its tokenizer: how it is written, and how many tokens it has (mT5 and the decoders have more rows)
TOKENIZERS = {
    "xlmr-base": (vocabularies.xlm_roberta, 250_002),
    "xlmr-large": (vocabularies.xlm_roberta, 250_002),
    "xlmv-base": (vocabularies.xlm_roberta, 901_629),
    "mt5-base": (vocabularies.mt5, 250_100),
    "bloom-560m": (vocabularies.bloom, 250_680),
    "qwen2": (vocabularies.qwen2, 151_646),
}
MBERT_PIECES = 119_547


def make_data(folder: Path) -> None:
    """The data sets that are not there yet; one that was cut off half-way is written anew."""
    for name, write in data.WRITERS.items():
        _once(folder / name, write)


def make_backbone(name: str, folder: Path, real_vocabulary: Path | None = None) -> None:
    """A checkpoint and its tokenizer, if they are not there yet. real_vocabulary: mBERT's own vocab.txt, in place of
    made pieces."""
    _once(folder / name, lambda target: _backbone(name, target, real_vocabulary))


def _backbone(name: str, folder: Path, real_vocabulary: Path | None) -> None:
    checkpoints.write(checkpoints.published(name), folder)
    if name == "mbert":
        vocabularies.wordpiece(folder, MBERT_PIECES, real_vocabulary)
    else:
        write, size = TOKENIZERS[name]
        write(folder, size)


def _once(folder: Path, write: Callable[[Path], None]) -> None:
    if folder.is_dir():
        return
    partial = folder.with_name(f"{folder.name}.{os.getpid()}.partial")
    partial.mkdir(parents=True)
    write(partial)
    partial.replace(folder)
