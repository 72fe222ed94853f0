"""The user's own dictionaries: `{a}-{b}.txt`, one `source TAB target` per line, for languages that other sources
lack."""

from collections.abc import Collection, Iterator
from pathlib import Path

from semantic_tokens.sources.files import Row, Skips, SourceFile
from semantic_tokens.sources.loaders.muse import distinct_pairs, pair_files


def find(folder: Path) -> list[SourceFile]:
    """The dictionaries in a folder. Raises InputError for a name with an unknown language."""
    return pair_files(folder, "dictionaries")


def word_pairs(folder: Path, languages: Collection[str], skips: Skips) -> Iterator[Row]:
    """The distinct pairs among the languages, as `distinct_pairs` orders them."""
    return distinct_pairs(find(folder), languages, skips)
