"""How much text a language has, where only part of it is read: languages are sampled by their true size."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from semantic_tokens import csv_rows


@dataclass
class Amount:
    """A file of text, or a Wikipedia: `texts` that there are, empty ones included, how many of these were `taken`, and
    the `characters` of those."""

    lang: str
    source: str
    texts: int = 0
    taken: int = 0
    characters: int = 0

    @property
    def all_characters(self) -> float:
        """The characters of all texts, extrapolated from those taken."""
        return self.characters * self.texts / max(self.taken, 1)


def scales(amounts: Sequence[Amount]) -> dict[str, float]:
    """For each language, the size of its sources over that of the text read, in characters; 1 where all was read."""
    found: dict[str, list[Amount]] = {}
    for amount in amounts:
        found.setdefault(amount.lang, []).append(amount)
    return {
        lang: sum(part.all_characters for part in parts) / max(sum(part.characters for part in parts), 1)
        for lang, parts in found.items()
    }


def write(amounts: Sequence[Amount], path: Path) -> None:
    """CSV, one row per file or Wikipedia."""
    csv_rows.write([field.name for field in fields(Amount)], map(vars, amounts), path)


def read(path: Path) -> list[Amount]:
    """What `write` wrote."""
    return [
        Amount(row["lang"], row["source"], *(int(row[n]) for n in ("texts", "taken", "characters")))
        for row in csv_rows.read(path)
    ]
