"""Concepticon (List et al. 2016): words of many languages that concept lists of linguists link to the same concept.

Files: `mappings/map-{iso1}.tsv` (ID, GLOSS = `CONCEPT///word`, PRIORITY, which is not used), and
`concepticondata/conceptlists/*.tsv`, of which the columns are read that are named exactly as a language is (ENGLISH,
HINDI; not TUNISIANARABIC). Languages that the project does not know are left out. A file has words of concepts; a pair
of words that share a concept comes out of all files together.

Cells were written for people and are read as follows. `NA`, `_`, `-` mean that there is no word. Text in brackets is
an annotation or an optional ending, and dropped: `über (Ruhe)`, `watch [TV]`, `ACORN(S)`, `上(桌子~)`. Forms are
separated by `, ; / | ~` and their East Asian likes, but a single Latin letter after a slash is an ending (`activo/a`).
`_` is a space. `?`, `!` and `*` at the ends are dropped (`哪里?`; `*breast`, where a list marks its core). A form that
then has anything but letters, spaces, hyphens and apostrophes is skipped (`2SG`, `skin: hide`, `fast v.`). Words are
lower-cased like those of MUSE, since lists write ABOVE, Above and above alike; German ones, whose nouns begin with a
capital, only where they are all in capitals. They are reduced to their headword.
"""

import csv
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from itertools import chain, islice
from pathlib import Path

from semantic_tokens.errors import InputError
from semantic_tokens.sources.concept_words import by_language, translations
from semantic_tokens.sources.files import Row, Skipped, Skips, SourceFile, counted, numbered_lines
from semantic_tokens.sources.headwords import headword
from semantic_tokens.sources.languages import LANGUAGES, from_name

_NONE = ("NA", "_", "-")
_BRACKETS = re.compile(r"[(\[{<（［【〈][^()\[\]{}<>（）［］【】〈〉]*[)\]}>）］】〉]")  # innermost
_ENDING = re.compile(r"/\s*[A-Za-z](?!\w)")
_SEPARATOR = re.compile(r"[,;/|~，；／｜～、]")
_KEEP_CAPITALS = ("de",)
_JOINING = " '’-\u200c\u200d"  # the last two are inside words of Persian and of Indian languages


def find(folder: Path) -> list[SourceFile]:
    """The mappings, then the concept lists, by name; table `concept_words` (lang, word, concept).

    Raises InputError for a concept list without a header.
    """
    files = []
    for path in sorted(folder.glob("mappings/map-*.tsv")):
        if (lang := path.stem.removeprefix("map-")) in LANGUAGES:
            parse = partial(parse_mapping, lang=lang)
            files.append(SourceFile("concepticon", path, "concept_words", lang, "", parse, may_be_empty=True))
    for path in sorted(folder.glob("concepticondata/conceptlists/*.tsv")):
        if languages := _language_columns(_header(path)).values():
            lang = "+".join(dict.fromkeys(languages))
            files.append(
                SourceFile("concepticon", path, "concept_words", lang, "", parse_concept_list, may_be_empty=True)
            )
    return files


def word_pairs(folder: Path, languages: Collection[str], skips: Skips) -> Iterator[Row]:
    """The distinct pairs of words of one concept, as `translations` orders them."""
    files = (file for file in find(folder) if set(file.lang.split("+")) & set(languages))
    rows = chain.from_iterable(counted(file, skips) for file in files)
    return translations(by_language(rows, languages), "concepticon")


def parse_mapping(path: Path, skipped: Skipped, *, lang: str) -> Iterator[Row]:
    """A row {lang, word, concept} a form. Raises InputError for a line without `ID TAB CONCEPT///word TAB PRIORITY`."""
    for number, line in numbered_lines(path):
        fields = line.split("\t")
        _, slashes, cell = fields[1].partition("///") if len(fields) == 3 else ("", "", "")
        if number == 1 and fields != ["ID", "GLOSS", "PRIORITY"]:
            raise InputError(f"{path}, line 1: the header must be ID, GLOSS, PRIORITY, but is {line!r}")
        if number > 1 and not slashes:
            raise InputError(f"{path}, line {number}: {line!r} is not ID TAB CONCEPT///word TAB PRIORITY")
        if number > 1:
            yield from _rows(lang, cell, _number(fields[0], f"{path}, line {number}"), number, skipped)


def parse_concept_list(path: Path, skipped: Skipped) -> Iterator[Row]:
    """A row {lang, word, concept} a form; lists have quotes as in CSV. A row without a concept, or with another number
    of columns than the header, is skipped. Raises InputError for a header without CONCEPTICON_ID."""
    header = _header(path)
    columns, linked = _language_columns(header), header.index("CONCEPTICON_ID")
    for number, line in islice(numbered_lines(path), 1, None):
        cells = _cells(line)
        if len(cells) != len(header):
            skipped.row(number, "not as many columns as the header")
        elif not cells[linked]:
            skipped.row(number, "linked to no concept")
        else:
            concept = _number(cells[linked], f"{path}, line {number}")
            for column, lang in columns.items():
                yield from _rows(lang, cells[column], concept, number, skipped)


def forms(cell: str, lang: str) -> list[str]:
    """The forms that a cell may hold, not yet checked to be words (see the head of this module)."""
    bare, stripped = "", cell
    while bare != stripped:
        bare, stripped = stripped, _BRACKETS.sub("", stripped)
    parts = (part.replace("_", " ").strip(" *?!¿¡？！") for part in _SEPARATOR.split(_ENDING.sub("", bare)))
    return [" ".join(_in_case(part, lang).split()) for part in parts]


def _in_case(form: str, lang: str) -> str:
    return form if lang in _KEEP_CAPITALS and not form.isupper() else form.lower()


def _rows(lang: str, cell: str, concept: int, number: int, skipped: Skipped) -> Iterator[Row]:
    if cell.strip() in _NONE:
        skipped.row(number, "marked as having no word")
    elif cell.strip():
        for form in forms(cell, lang):
            if _is_word(form):
                yield {"lang": lang, "word": headword(form, lang, number, skipped), "concept": concept}
            else:
                skipped.row(number, "a form that is not all letters, or only an annotation")


def _is_word(form: str) -> bool:
    letters = [sign for sign in form if sign not in _JOINING]
    return bool(letters) and all(unicodedata.category(sign)[0] in "LM" for sign in letters)


def _header(path: Path) -> list[str]:
    for _, line in numbered_lines(path):
        header = _cells(line)
        if "CONCEPTICON_ID" in header:
            return header
        break
    raise InputError(f"{path}, line 1: no header with a column CONCEPTICON_ID")


def _language_columns(header: Iterable[str]) -> dict[int, str]:
    """Column -> language, of those named after one."""
    named = {column: from_name(name) for column, name in enumerate(header)}
    return {column: lang for column, lang in named.items() if lang}


def _cells(line: str) -> list[str]:
    return next(csv.reader([line], delimiter="\t"), [])


def _number(text: str, where: str) -> int:
    if not text.isdecimal():
        raise InputError(f"{where}: {text!r} is not the number of a concept")
    return int(text)
