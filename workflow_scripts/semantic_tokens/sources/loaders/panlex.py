"""PanLex (Kamholz et al. 2014): expressions of many languages; those that share a meaning translate each other.

Three shapes are read, all of them in one folder if need be:

- the hub mirror, `data/{iso3}.tsv`, with the header `id langvar txt txt_degr meaning langvar_uid` and CSV's quotes;
  some files hold the header only. Of a language's files that of its own code is read, not the macro code's (arb, not
  ara).
- the publisher's CSV dump (`panlex_dump`).
- lists of pairs that others derived from it: `{iso3}_{iso3}_lexicon.txt`, and a zip with members
  `{a}-{b}/{a}-{b}.train.5000.cc.trans` and `.test.2000.cc.trans` (PanLex-BLI, Vulić et al. 2019; the smaller train
  lists are parts of the first), a pair a line as in MUSE. Languages that the project does not know are left out.

Of the mirror and the dump only the standard variety of a language is read, number 0 (eng-000): the others are
dialects and transliterations (cmn-003 is Pinyin).
"""

import csv
import re
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from semantic_tokens.errors import InputError
from semantic_tokens.sources.concept_words import by_language, translations
from semantic_tokens.sources.fetch.zip_members import member_lines, member_names
from semantic_tokens.sources.files import Row, Skipped, Skips, SourceFile, counted, numbered_lines
from semantic_tokens.sources.headwords import headword
from semantic_tokens.sources.languages import LANGUAGES, from_iso3, known
from semantic_tokens.sources.loaders.muse import pair_rows, parse_pairs
from semantic_tokens.sources.loaders.panlex_dump import is_dump, parse_dump, preferred

_HEADER = ["id", "langvar", "txt", "txt_degr", "meaning", "langvar_uid"]
_LEXICON = re.compile(r"([a-z]{3})_([a-z]{3})_lexicon\.txt")
_MEMBER = re.compile(r"([a-z]+)-([a-z]+)\.(train\.5000|test\.2000)\.cc\.trans")


def find(folder: Path) -> list[SourceFile]:
    """The mirror's files, the lists, then what is in zips; tables `concept_words` (lang, word, concept), `word_pairs`.

    Raises InputError for a list of an unknown language, a damaged zip, and a member of a zip that climbs out of it.
    """
    mirror = {path.stem: path for path in folder.glob("data/*.tsv")}
    files = [
        SourceFile(
            "panlex", mirror[iso3], "concept_words", lang, "", partial(parse_mirror, lang=lang), may_be_empty=True
        )
        for iso3, lang in preferred(mirror).items()
    ]
    for path in sorted(folder.glob("*_lexicon.txt")):
        if name := _LEXICON.fullmatch(path.name):
            a, b = (known(from_iso3(iso3) or iso3, str(path)) for iso3 in name.groups())
            parse = partial(parse_pairs, lang_a=a, lang_b=b, source="panlex")
            files.append(SourceFile("panlex", path, "word_pairs", f"{a}+{b}", "", parse))
    return files + [file for path in sorted(folder.glob("*.zip")) for file in _zipped(path)]


def word_pairs(folder: Path, languages: Collection[str], skips: Skips) -> Iterator[Row]:
    """The distinct pairs of expressions that share a meaning, as `translations` orders them.

    Each file is read once, and what it has of the languages is held in memory as `by_language` does.
    """
    return translations(by_language(_expressions(find(folder), set(languages), skips), languages), "panlex")


def parse_mirror(path: Path, skipped: Skipped, *, lang: str) -> Iterator[Row]:
    """A row {lang, word, concept} a line of the standard variety.

    Raises InputError naming the line for other columns, and for a file without even the header.
    """
    number = 0
    for number, line in numbered_lines(path):
        fields = _fields(line)
        if len(fields) != len(_HEADER) or (number == 1 and fields != _HEADER):
            raise InputError(f"{path}, line {number}: the columns must be {' '.join(_HEADER)}, but are {line!r}")
        if number == 1:
            continue
        if not fields[4].isdecimal():
            raise InputError(f"{path}, line {number}: {fields[4]!r} is not the number of a meaning")
        if not fields[5].endswith("-000"):
            skipped.row(number, "not the standard variety")
        elif not fields[2].strip():
            skipped.row(number, "no text")
        else:
            word = headword(fields[2].strip(), lang, number, skipped)
            yield {"lang": lang, "word": word, "concept": int(fields[4])}
    if not number:
        raise InputError(f"{path}: empty, but must at least have the header {' '.join(_HEADER)}")


def parse_member(path: Path, skipped: Skipped, *, member: str, lang_a: str, lang_b: str) -> Iterator[Row]:
    """A row of `word_pairs` a line of a list in a zip; see `pair_rows`."""
    return pair_rows(member_lines(path, member), skipped, lang_a, lang_b, "panlex")


def _fields(line: str) -> list[str]:
    """The columns of a line of the mirror; a line whose quotes are not those of CSV is taken as it stands."""
    quoted = next(csv.reader([line], delimiter="\t")) if '"' in line else []
    return quoted if len(quoted) == len(_HEADER) else line.split("\t")


def _zipped(path: Path) -> list[SourceFile]:
    """The dump, or the lists, of a zip; nothing for a zip of other things."""
    names = member_names(path)
    if is_dump(names):
        return [SourceFile("panlex", path, "concept_words", "+".join(LANGUAGES), "", parse_dump)]
    files = []
    for name in sorted(names):
        pair = _MEMBER.fullmatch(PurePosixPath(name).name)
        if pair and pair[1] in LANGUAGES and pair[2] in LANGUAGES:
            parse = partial(parse_member, member=name, lang_a=pair[1], lang_b=pair[2])
            files.append(SourceFile("panlex", path, "word_pairs", f"{pair[1]}+{pair[2]}", "", parse))
    return files


def _expressions(files: list[SourceFile], languages: Collection[str], skips: Skips) -> Iterator[Row]:
    """Rows {lang, word, concept} of all files. A pair of a list is a meaning of its own, with a number below 0."""
    meaning = 0
    for file in files:
        held = set(file.lang.split("+"))
        if file.table == "concept_words" and held & set(languages):
            yield from counted(file, skips)
        elif held <= set(languages):
            for row in counted(file, skips):
                meaning -= 1
                yield {"lang": row["lang_a"], "word": row["word_a"], "concept": meaning}
                yield {"lang": row["lang_b"], "word": row["word_b"], "concept": meaning}
