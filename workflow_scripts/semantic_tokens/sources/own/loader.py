"""The user's own data as source files, from the record that `obtain.py` wrote of it."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from semantic_tokens.errors import InputError
from semantic_tokens.sources.files import Row, Skipped, Skips, SourceFile
from semantic_tokens.sources.loaders.muse import distinct_pairs
from semantic_tokens.sources.loaders.squad import parse_squad
from semantic_tokens.sources.own import examples
from semantic_tokens.sources.own.columns import Found, Labels, label_numbers
from semantic_tokens.sources.own.places import Place
from semantic_tokens.sources.own.records import is_squad, parquet_features, records, unit
from semantic_tokens.sources.own.settings import OwnSet
from semantic_tokens.sources.own.shapes import COLUMNS, LABELS, TABLES

OTHER_LANGUAGE = "in another language"


@dataclass(frozen=True)
class Entry:
    """An entry of `data.own`: its role, its languages there -> our code, and the features that a hub's card gives for
    a file (by its path)."""

    role: str
    own: OwnSet
    codes: Mapping[str, str]
    features: Mapping[str, Mapping[str, Any]]

    @property
    def key(self) -> str:
        return f"data.own.{self.role}"

    @property
    def columns(self) -> dict[str, str]:
        """Our columns -> their names there, of those that are read."""
        return {name: usual for name, usual in COLUMNS[self.role].items() if usual} | self.own.columns


def find(record: Path) -> list[SourceFile]:
    """The files of an entry, as its record lists them."""
    noted = json.loads(Path(record).read_text(encoding="utf-8"))["own"]
    entry = Entry(noted["role"], OwnSet.model_validate(noted["entry"]), noted["codes"], noted["features"])
    totals = noted.get("totals", {})
    return [_source_file(entry, Place(*place), totals.get(place[0])) for place in noted["places"]]


def word_pairs(record: Path, languages: Collection[str], skips: Skips) -> Iterator[Row]:
    """The distinct pairs among the languages, as `distinct_pairs` orders them. Raises InputError for a language of the
    entry without any."""
    files, found = find(record), set[str]()
    for row in distinct_pairs(files, languages, skips):
        found |= {row["lang_a"], row["lang_b"]}
        yield row
    require_languages(files, found, languages)


def parse(path: Path, skipped: Skipped, *, entry: Entry, lang: str, split: str) -> Iterator[Row]:
    """Rows of the entry's table. Raises InputError naming file, row and the entry for what cannot be read."""
    if entry.role == "qa" and is_squad(path):
        yield from parse_squad(path, skipped, lang=lang, split=split)
        return
    shape, columns, counted = getattr(examples, entry.role), entry.columns, unit(path)
    features = entry.features.get(str(path)) or parquet_features(path)
    labelled = columns.get("tags") or columns.get("label") or ""
    labels = Labels(LABELS.get(entry.role, ()), entry.own.labels, label_numbers(features, labelled))
    for number, record in records(path, list(columns.values()), entry.own.csv):
        found = Found(record, path.name, f"{path}, {counted} {number}", columns, entry.key)
        code = entry.codes.get(str(found.value("lang"))) if "lang" in columns else lang
        if code is None:
            skipped.row(number, OTHER_LANGUAGE)
            continue
        yield from shape(found, number, skipped, {"lang": code, "split": split}, labels)


def require_languages(files: Collection[SourceFile], found: Collection[str], wanted: Collection[str]) -> None:
    """Raises InputError naming the entry for a wanted language of which none of its files had a row."""
    for file in files:
        for lang in file.lang.split("+"):
            if lang in wanted and lang not in found:
                key = f"data.own.{file.source.removeprefix('own-')}.languages"
                raise InputError(f"{key}: no rows of {lang} in {file.path}{' and others' if len(files) > 1 else ''}")


def _source_file(entry: Entry, place: Place, total: int | None) -> SourceFile:
    read = partial(parse, entry=entry, lang=place.lang, split=place.split)
    table = TABLES.get(entry.role, entry.role)
    # Whoever collects the rows names the key of the config that has none.
    source, path = f"own-{entry.role}", Path(place.path)
    return SourceFile(source, path, table, place.lang, place.split, read, may_be_empty=True, total=total)
