"""The texts that the user compares models on: a file with a text a line, or with a text and its translation."""

from pathlib import Path
from typing import TypeVar

from semantic_tokens.errors import InputError

Line = TypeVar("Line", str, tuple[str, str])
MOST = 10_000  # every text is compared with every other


def read_texts(path: Path) -> list[str]:
    """One text a line; empty lines are left out. Raises InputError for fewer than two texts, or too many."""
    return _of_size(path, [line for line in _lines(path) if line.strip()])


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """A text and its translation a line, with a tab between. Raises InputError for a line of another form."""
    pairs = []
    for number, line in enumerate(_lines(path), 1):
        texts = [text.strip() for text in line.split("\t")]
        if len(texts) != 2 or not all(texts):
            raise InputError(f"{path}: line {number}: {line[:60]!r}; allowed: a text, a tab, and its translation")
        pairs.append((texts[0], texts[1]))
    return _of_size(path, pairs)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 (byte {error.start})") from None


def _of_size(path: Path, found: list[Line]) -> list[Line]:
    if not 2 <= len(found) <= MOST:
        raise InputError(f"{path}: {len(found):,} lines with text; allowed: 2 to {MOST:,}")
    return found
