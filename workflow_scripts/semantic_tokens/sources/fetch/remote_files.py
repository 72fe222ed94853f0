"""Which remote files a choice of languages and splits needs.

Nothing here touches the network. Sizes and checksums come from checksums.tsv, and from the listing of a hub repository
where the caller has one.
"""

import csv
import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from fnmatch import filter as matching
from functools import cache

from semantic_tokens.errors import InputError
from semantic_tokens.sources.fetch.registry import HERE, NO_FACTS, Facts, RemoteFile, Source, source

SPLITS = ("train", "dev", "test")
Listing = Mapping[str, Facts]  # every file of a revision by path


@cache
def checksums(name: str) -> dict[str, Facts]:
    """What checksums.tsv holds on a source, by path."""
    with (HERE / "checksums.tsv").open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle, delimiter="\t") if row["source"] == name]
    return {row["path"]: (int(row["size"]) if row["size"] else None, row["checksum"]) for row in rows}


def files(
    name: str,
    languages: Collection[str] | None = None,
    splits: Collection[str] = SPLITS,
    listing: Listing | None = None,
) -> list[RemoteFile]:
    """The remote files wanted, by default for all languages and splits that the source has.

    `listing` (all files of the revision) is needed where the registry has patterns. Raises InputError for a language
    that the source lacks and for a file that is not in the listing.
    """
    chosen = source(name)
    known = {**(listing or {}), **checksums(name)}
    paths: list[str] = []
    for pattern in _patterns(chosen, languages, splits):
        found = _present(pattern, known) if chosen.listed or listing is not None else _literal(pattern)
        if not found and not chosen.listed:
            raise InputError(f"{name}: unknown file: {chosen.remote(pattern).url}")
        paths += found
    return [chosen.remote(path, known.get(path, NO_FACTS)) for path in paths]


def _patterns(chosen: Source, languages: Collection[str] | None, splits: Collection[str]) -> Iterator[str]:
    """The source's `files` with every wanted language, split and pair filled in, each once."""
    wanted = chosen.languages if languages is None else languages
    lacking = [code for code in wanted if code not in chosen.languages]
    if lacking and chosen.languages:
        raise InputError(f"{chosen.name} has no {', '.join(lacking)}; it has {', '.join(chosen.languages)}")
    one_way = [(a, b) for a, partners in chosen.pairs.items() for b in partners if a in wanted and b in wanted]
    values = {
        "lang": [upstream for code, upstream in chosen.languages.items() if code in wanted],
        "split": [upstream for split, upstream in chosen.splits.items() if split in splits],
        "pair": [pair for a, b in one_way for pair in (f"{a}-{b}", f"{b}-{a}")],
    }
    for template in chosen.files:
        names = [name for name in values if f"{{{name}}}" in template]
        for combination in itertools.product(*(values[name] for name in names)):
            yield template.format(**dict(zip(names, combination)))


def _present(pattern: str, known: Iterable[str]) -> list[str]:
    """Paths that match; of alternatives `x | y`, those of the first that matches any. Numbers sort as numbers."""
    founds = (matching(known, alternative) for alternative in pattern.split(" | "))
    return sorted(next((found for found in founds if found), []), key=_by_number)


def _literal(pattern: str) -> list[str]:
    """The path itself, nothing for a pattern that only a listing can resolve."""
    return [] if "*" in pattern or " | " in pattern else [pattern]


def _by_number(path: str) -> list[str | int]:
    return [int(part) if part.isdecimal() else part for part in re.split(r"([0-9]+)", path)]
