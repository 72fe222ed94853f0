"""PanLex (Kamholz et al. 2014): expressions of many languages; those that share a meaning translate each other.

Three shapes are read, all of them in one folder if need be:

- the hub mirror, `data/{iso3}.tsv`, with the header `id langvar txt txt_degr meaning langvar_uid` and CSV's quotes;
  some files hold the header only. Of a language's files that of its own code is read, not the macro code's (arb, not
  ara).
- the publisher's CSV dump, a zip with the tables `langvar.csv` (id, lang_code, var_code, ...), `expr.csv` (id, langvar,
  txt, ...) and `denotation.csv` or `denotationx.csv` (meaning, expr, ...). No original could be had: the columns are
  those that other tools read from it.
- lists of pairs that others derived from it: `{iso3}_{iso3}_lexicon.txt`, and a zip with members
  `{a}-{b}/{a}-{b}.train.5000.cc.trans` and `.test.2000.cc.trans` (PanLex-BLI, Vulić et al. 2019; the smaller train
  lists are parts of the first), a pair a line as in MUSE. Languages that the project does not know are left out.

Of the mirror and the dump only the standard variety of a language is read, number 0 (eng-000): the others are
dialects and transliterations (cmn-003 is Pinyin).
"""

import csv
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.csv import ConvertOptions, ReadOptions, open_csv

from semantic_tokens.errors import InputError
from semantic_tokens.sources.concepticon import by_language, translations
from semantic_tokens.sources.files import Row, Skipped, SourceFile, numbered_lines
from semantic_tokens.sources.landing import inside
from semantic_tokens.sources.languages import LANGUAGES, from_iso3, known
from semantic_tokens.sources.muse import pair_rows, parse_pairs

_HEADER = ["id", "langvar", "txt", "txt_degr", "meaning", "langvar_uid"]
_LEXICON = re.compile(r"([a-z]{3})_([a-z]{3})_lexicon\.txt")
_MEMBER = re.compile(r"([a-z]+)-([a-z]+)\.(train\.5000|test\.2000)\.cc\.trans")
_BLOCK = 1 << 24  # bytes of a table of the dump read at a time
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, pa.ArrowInvalid, KeyError)


def find(folder: Path) -> list[SourceFile]:
    """The mirror's files, the lists, then what is in zips; tables `concept_words` (lang, word, concept), `word_pairs`.

    Raises InputError for a list of an unknown language, a damaged zip, and a member of a zip that climbs out of it.
    """
    mirror = {path.stem: path for path in folder.glob("data/*.tsv")}
    files = [
        SourceFile("panlex", mirror[iso3], "concept_words", lang, "", partial(parse_mirror, lang=lang))
        for iso3, lang in _preferred(mirror).items()
    ]
    for path in sorted(folder.glob("*_lexicon.txt")):
        if name := _LEXICON.fullmatch(path.name):
            a, b = (known(from_iso3(iso3) or iso3, str(path)) for iso3 in name.groups())
            parse = partial(parse_pairs, lang_a=a, lang_b=b, source="panlex")
            files.append(SourceFile("panlex", path, "word_pairs", f"{a}+{b}", "", parse))
    return files + [file for path in sorted(folder.glob("*.zip")) for file in _zipped(path)]


def word_pairs(folder: Path, languages: Collection[str], skipped: Skipped) -> Iterator[Row]:
    """The distinct pairs of expressions that share a meaning, as `translations` orders them.

    Each file is read once, and what it has of the languages is held in memory as `by_language` does.
    """
    return translations(by_language(_expressions(find(folder), set(languages), skipped), languages), "panlex")


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
            yield {"lang": lang, "word": fields[2].strip(), "concept": int(fields[4])}
    if not number:
        raise InputError(f"{path}: empty, but must at least have the header {' '.join(_HEADER)}")


def parse_member(path: Path, skipped: Skipped, *, member: str, lang_a: str, lang_b: str) -> Iterator[Row]:
    """A row of `word_pairs` a line of a list in a zip; see `pair_rows`."""
    return pair_rows(_member_lines(path, member), skipped, lang_a, lang_b, "panlex")


def parse_dump(path: Path, skipped: Skipped) -> Iterator[Row]:
    """A row {lang, word, concept} a denotation in the standard variety of any language that the project knows.

    The expressions are held in memory as Arrow columns and the denotations streamed past them. Raises InputError
    naming the zip and the table for one that is damaged or lacks a column.
    """
    varieties = _standard_varieties(path)
    expressions = _dump_expressions(path, varieties)
    ids = expressions["id"].to_numpy()
    line = 2  # after the header
    for batch in _batches(path, "denotation", {"meaning": pa.int64(), "expr": pa.int64()}):
        wanted = batch["expr"].to_numpy()
        at = np.searchsorted(ids, wanted)
        present = np.flatnonzero(at < np.searchsorted(ids, wanted, side="right"))
        found = expressions.take(at[present])
        meanings = batch["meaning"].to_numpy()[present].tolist()
        for i, meaning, text, langvar in zip(present, meanings, found["txt"].to_pylist(), found["langvar"].to_pylist()):
            if text.strip():
                yield {"lang": varieties[langvar], "word": text.strip(), "concept": meaning}
            else:
                skipped.row(line + int(i), "no text")
        line += batch.num_rows


def _preferred(available: Collection[str]) -> dict[str, str]:
    """ISO 639-3 code -> language: of the codes that a language has, the first available."""
    chosen = {lang: next((iso3 for iso3 in codes if iso3 in available), "") for lang, (_, codes) in LANGUAGES.items()}
    return {iso3: lang for lang, iso3 in chosen.items() if iso3}


def _fields(line: str) -> list[str]:
    """The columns of a line of the mirror; a line whose quotes are not those of CSV is taken as it stands."""
    quoted = next(csv.reader([line], delimiter="\t")) if '"' in line else []
    return quoted if len(quoted) == len(_HEADER) else line.split("\t")


def _zipped(path: Path) -> list[SourceFile]:
    """The dump, or the lists, of a zip; nothing for a zip of other things."""
    names = _names(path)
    if _member(names, "expr"):
        return [SourceFile("panlex", path, "concept_words", "+".join(LANGUAGES), "", parse_dump)]
    files = []
    for name in sorted(names):
        pair = _MEMBER.fullmatch(PurePosixPath(name).name)
        if pair and pair[1] in LANGUAGES and pair[2] in LANGUAGES:
            parse = partial(parse_member, member=name, lang_a=pair[1], lang_b=pair[2])
            files.append(SourceFile("panlex", path, "word_pairs", f"{pair[1]}+{pair[2]}", "", parse))
    return files


def _names(path: Path) -> list[str]:
    """The names in a zip, none of which climbs out of it."""
    try:
        with zipfile.ZipFile(path) as archive:
            return [name for name in archive.namelist() if inside(path, name)]
    except _DAMAGE as error:
        raise InputError(f"{path}: the archive is cut off or damaged ({error})") from None


def _member(names: Collection[str], table: str) -> str:
    """The name of a table of the dump, empty if it is not there; denotationx is denotation with more columns."""
    return next((name for name in names if PurePosixPath(name).name in (f"{table}.csv", f"{table}x.csv")), "")


def _batches(path: Path, table: str, columns: dict[str, pa.DataType]) -> Iterator[pa.RecordBatch]:
    """The columns of a table of the dump, piece by piece. Nothing but an empty text is empty; "null" is a word."""
    name = _member(_names(path), table)
    if not name:
        raise InputError(f"{path}: holds no {table}.csv")
    options = ConvertOptions(include_columns=list(columns), column_types=columns, null_values=[])
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as stream:
            yield from open_csv(stream, ReadOptions(block_size=_BLOCK), convert_options=options)
    except _DAMAGE as error:
        raise InputError(f"{path}, {name}: {error}") from None


def _standard_varieties(path: Path) -> dict[int, str]:
    """Number of a language variety -> language, of variety 0 of each language."""
    columns = {"id": pa.int64(), "lang_code": pa.string(), "var_code": pa.int64()}
    rows = [row for batch in _batches(path, "langvar", columns) for row in batch.to_pylist() if row["var_code"] == 0]
    preferred = _preferred({row["lang_code"] for row in rows})
    return {row["id"]: preferred[row["lang_code"]] for row in rows if row["lang_code"] in preferred}


def _dump_expressions(path: Path, varieties: Collection[int]) -> pa.Table:
    """The expressions (id, langvar, txt) of those language varieties, sorted by id."""
    columns = {"id": pa.int64(), "langvar": pa.int64(), "txt": pa.string()}
    wanted = pa.array(list(varieties), pa.int64())
    chosen = [batch.filter(pc.is_in(batch["langvar"], wanted)) for batch in _batches(path, "expr", columns)]
    return pa.Table.from_batches(chosen, pa.schema(list(columns.items()))).sort_by("id")


def _member_lines(path: Path, member: str) -> Iterator[tuple[int, str]]:
    """`numbered_lines` of a member of a zip."""
    number = 0
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
            for number, raw in enumerate(stream, start=1):
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
                yield number, text.removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}, {member}, line {number}: not UTF-8 ({error.reason})") from None
    except _DAMAGE as error:
        raise InputError(f"{path}, {member}, after line {number}: cut off or damaged ({error})") from None


def _expressions(files: list[SourceFile], languages: Collection[str], skipped: Skipped) -> Iterator[Row]:
    """Rows {lang, word, concept} of all files. A pair of a list is a meaning of its own, with a number below 0."""
    meaning = 0
    for file in files:
        held = set(file.lang.split("+"))
        if file.table == "concept_words" and held & set(languages):
            yield from file.rows(skipped)
        elif held <= set(languages):
            for row in file.rows(skipped):
                meaning -= 1
                yield {"lang": row["lang_a"], "word": row["word_a"], "concept": meaning}
                yield {"lang": row["lang_b"], "word": row["word_b"], "concept": meaning}
