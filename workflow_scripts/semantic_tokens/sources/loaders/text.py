"""Plain text, one sentence or paragraph per line: the user's own `{lang}.txt`, and NTREX-128 (Federmann et al.
2022)."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from semantic_tokens.errors import InputError
from semantic_tokens.sources.files import Row, Skipped, SourceFile, numbered_lines
from semantic_tokens.sources.languages import from_iso3, known


def find(folder: Path) -> list[SourceFile]:
    """`{lang}.txt`, in the project's codes. Raises InputError naming the file for an unknown language."""
    return [_source_file("text", path, known(path.stem, str(path))) for path in sorted(folder.glob("*.txt"))]


def find_ntrex(folder: Path) -> list[SourceFile]:
    """`newstest2019-{src,ref}.{code}.txt`, a code being ISO 639-3 or zho-CN; the same sentences in every language.

    Left out are the languages that the project does not know, and variants of a country (eng-GB) or script.
    """
    paths = sorted(path for side in ("src", "ref") for path in folder.glob(f"newstest2019-{side}.*.txt"))
    return [_source_file("ntrex", path, lang) for path in paths if (lang := _ntrex_language(path))]


def find_sentences(folder: Path) -> list[SourceFile]:
    """The same files of NTREX as rows of the table bitext: a sentence is known by its line."""
    return [
        SourceFile("ntrex", file.path, "bitext", file.lang, "test", partial(parse_sentences, lang=file.lang))
        for file in find_ntrex(folder)
    ]


def parse_sentences(path: Path, skipped: Skipped, *, lang: str) -> Iterator[Row]:
    """Rows of the table bitext, without white space at the ends; blank lines are skipped."""
    for line, text in numbered_lines(path):
        if stripped := text.strip():
            yield {"lang": lang, "split": "test", "sentence_id": f"{line:04}", "text": stripped}
        else:
            skipped.row(line, "a blank line")


def parse_lines(path: Path, skipped: Skipped, *, lang: str) -> Iterator[Row]:
    """Rows of the table corpus, without white space at the ends; blank lines are skipped.

    Raises InputError for a file without any text.
    """
    empty = True
    for line, text in numbered_lines(path):
        if stripped := text.strip():
            empty = False
            yield {"lang": lang, "text": stripped}
        else:
            skipped.row(line, "a blank line")
    if empty:
        raise InputError(f"{path}: no text")


def _ntrex_language(path: Path) -> str | None:
    code = path.name.split(".")[1]
    return "zh" if code == "zho-CN" else from_iso3(code)


def _source_file(source: str, path: Path, lang: str) -> SourceFile:
    return SourceFile(source, path, "corpus", lang, "", partial(parse_lines, lang=lang))
