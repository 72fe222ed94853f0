"""The words of the embedded world: concepts, names and function words, read from three TSV files and checked.

A speaker can correct the files by hand, so every defect is reported with its file and line.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from semantic_tokens.errors import InputError

LANGUAGES = ("en", "es", "ru", "ar", "hi", "sw", "tr", "zh")
NAME_KINDS = ("given", "family", "place", "organisation")
_HERE = Path(__file__).parent
_CONCEPT_COLUMNS = ("concept", "class", "hypernym", "antonym", "related")


@dataclass(frozen=True)
class Concept:
    """One meaning and its words. `forms[lang]` holds the dictionary word first."""

    name: str
    semantic_class: str
    hypernym: str
    antonym: str
    related: tuple[str, ...]
    forms: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Lexicon:
    """All that the generator can say; `names[kind][lang]` and `function_words[gloss][lang]` are tuples of words."""

    concepts: dict[str, Concept]
    names: dict[str, dict[str, tuple[str, ...]]]
    function_words: dict[str, dict[str, tuple[str, ...]]]

    @cached_property
    def members(self) -> dict[str, tuple[str, ...]]:
        """Semantic class -> its concepts in file order, without the class's own hypernyms."""
        hypernyms = {concept.hypernym for concept in self.concepts.values()}
        classes: dict[str, list[str]] = {}
        for concept in self.concepts.values():
            if concept.name not in hypernyms:
                classes.setdefault(concept.semantic_class, []).append(concept.name)
        return {name: tuple(members) for name, members in classes.items()}

    @cached_property
    def hyponyms(self) -> dict[str, tuple[str, ...]]:
        """Concept -> the concepts directly below it, in file order."""
        below: dict[str, list[str]] = {}
        for concept in self.concepts.values():
            if concept.hypernym:
                below.setdefault(concept.hypernym, []).append(concept.name)
        return {name: tuple(concepts) for name, concepts in below.items()}


def read_lexicon(folder: Path = _HERE) -> Lexicon:
    """Read and check `lexicon.tsv`, `names.tsv` and `function_words.tsv` in `folder`.

    Raises InputError naming file and line for a missing column or language, an empty or repeated form, an unknown
    hypernym, antonym or related concept, or an antonym that is not mutual.
    """
    return Lexicon(
        concepts=_read_concepts(folder / "lexicon.tsv"),
        names=_read_names(folder / "names.tsv"),
        function_words=_read_function_words(folder / "function_words.tsv"),
    )


def _read_concepts(path: Path) -> dict[str, Concept]:
    concepts: dict[str, Concept] = {}
    lines: dict[str, int] = {}
    seen: dict[tuple[str, str], int] = {}
    for line, row in _rows(path, (*_CONCEPT_COLUMNS, *LANGUAGES)):
        name = row["concept"]
        if name in concepts:
            raise InputError(f"{path}:{line}: concept {name!r} already appears on line {lines[name]}")
        forms = {lang: _forms(path, line, lang, row[lang]) for lang in LANGUAGES}
        _refuse_repeated(path, line, forms, seen)
        related = tuple(filter(None, row["related"].split("|")))
        concepts[name] = Concept(name, row["class"], row["hypernym"], row["antonym"], related, forms)
        lines[name] = line
    _check_relations(path, concepts, lines)
    return concepts


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line number, row); the header must name exactly `columns`."""
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise InputError(f"{path}:1: column {missing[0]!r} is missing; the header must be {' '.join(columns)}")
        for row in reader:
            if None in row or None in row.values():
                raise InputError(f"{path}:{reader.line_num}: the row must have {len(columns)} tab-separated cells")
            yield reader.line_num, row


def _forms(path: Path, line: int, column: str, cell: str) -> tuple[str, ...]:
    forms = tuple(cell.split("|"))
    for form in forms:
        if not form.strip():
            raise InputError(f"{path}:{line}: empty form in column {column!r}")
        if len(form.split()) != 1 or form != form.strip():
            raise InputError(f"{path}:{line}: {form!r} in column {column!r} must be one word")
    return forms


def _refuse_repeated(
    path: Path, line: int, forms: dict[str, tuple[str, ...]], seen: dict[tuple[str, str], int]
) -> None:
    for lang, words in forms.items():
        for word in words:
            if (lang, word) in seen:
                raise InputError(f"{path}:{line}: {word!r} ({lang}) already appears on line {seen[lang, word]}")
            seen[lang, word] = line


def _check_relations(path: Path, concepts: dict[str, Concept], lines: dict[str, int]) -> None:
    for concept in concepts.values():
        where = f"{path}:{lines[concept.name]}"
        for other in filter(None, (concept.hypernym, concept.antonym, *concept.related)):
            if other not in concepts:
                raise InputError(f"{where}: {concept.name!r} refers to the unknown concept {other!r}")
        if concept.antonym and concepts[concept.antonym].antonym != concept.name:
            raise InputError(f"{where}: the antonym of {concept.name!r} is {concept.antonym!r}, but not the reverse")


def _read_names(path: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    names: dict[str, dict[str, tuple[str, ...]]] = {kind: {} for kind in NAME_KINDS}
    for line, row in _rows(path, ("kind", "lang", "names")):
        if row["kind"] not in NAME_KINDS or row["lang"] not in LANGUAGES:
            raise InputError(f"{path}:{line}: kind must be one of {NAME_KINDS} and lang one of {LANGUAGES}")
        forms = _forms(path, line, "names", row["names"])
        if len(set(forms)) != len(forms):
            repeated = next(form for form in forms if forms.count(form) > 1)
            raise InputError(f"{path}:{line}: the name {repeated!r} is repeated")
        names[row["kind"]][row["lang"]] = forms
    for kind in NAME_KINDS:
        for lang in LANGUAGES:
            if lang not in names[kind]:
                raise InputError(f"{path}: no {kind} names for language {lang!r}")
    return names


def _read_function_words(path: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    """A cell may be empty here: not every language has, say, an article."""
    words = {}
    for line, row in _rows(path, ("gloss", *LANGUAGES)):
        words[row["gloss"]] = {lang: _forms(path, line, lang, row[lang]) if row[lang] else () for lang in LANGUAGES}
    return words
