"""MUSE bilingual dictionaries (Conneau et al. 2017): `{a}-{b}.txt`, one pair of words per line, lower case.

The separator is a TAB in some files and spaces in others. Other dictionaries of the same shape are read by the same
functions.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from itertools import chain, groupby
from pathlib import Path

from semantic_tokens.sources.files import Row, Skipped, Skips, SourceFile, counted, numbered_lines
from semantic_tokens.sources.headwords import headword
from semantic_tokens.sources.languages import known

_NAME = re.compile(r"([a-z]+)-([a-z]+)\.txt")  # not en-fr.0-5000.txt, which is a part of en-fr.txt


def find(folder: Path) -> list[SourceFile]:
    """The dictionaries in a folder. Raises InputError for a name with an unknown language."""
    return pair_files(folder, "muse")


def word_pairs(folder: Path, languages: Collection[str], skips: Skips) -> Iterator[Row]:
    """The distinct pairs among the languages, as `distinct_pairs` orders them."""
    return distinct_pairs(find(folder), languages, skips)


def pair_files(folder: Path, source: str) -> list[SourceFile]:
    """The files `{a}-{b}.txt` of a folder, as files of `source`, by name."""
    files = []
    for path in sorted(folder.glob("*.txt")):
        if name := _NAME.fullmatch(path.name):
            a, b = (known(code, str(path)) for code in name.groups())
            parse = partial(parse_pairs, lang_a=a, lang_b=b, source=source)
            files.append(SourceFile(source, path, "word_pairs", f"{a}+{b}", "", parse))
    return files


def parse_pairs(path: Path, skipped: Skipped, *, lang_a: str, lang_b: str, source: str) -> Iterator[Row]:
    """One row per line; see `pair_rows`."""
    return pair_rows(numbered_lines(path), skipped, lang_a, lang_b, source)


def pair_rows(
    lines: Iterable[tuple[int, str]], skipped: Skipped, lang_a: str, lang_b: str, source: str
) -> Iterator[Row]:
    """One row of `word_pairs` per line, each word reduced to its headword; a line without exactly two fields is
    skipped.

    A TAB separates if there is one, so that entries of several words survive; otherwise any number of spaces does.
    """
    for number, line in lines:
        fields = line.split("\t") if "\t" in line else re.split(" +", line.strip(" "))
        words = [field.strip(" ") for field in fields]
        if len(words) == 2 and all(words):
            a, b = (headword(word, lang, number, skipped) for word, lang in zip(words, (lang_a, lang_b)))
            yield {"word_a": a, "lang_a": lang_a, "word_b": b, "lang_b": lang_b, "source": source}
        else:
            skipped.row(number, "not exactly two fields")


def distinct_pairs(files: Iterable[SourceFile], languages: Collection[str], skips: Skips) -> Iterator[Row]:
    """The rows of those files whose languages are all wanted, each pair once whichever way round it is listed.

    The alphabetically first language comes first. Rows are ordered by pair of languages, then as in the files. Memory
    grows with the largest pair of languages only.
    """
    wanted = [file for file in files if set(file.lang.split("+")) <= set(languages)]
    for _, same in groupby(sorted(wanted, key=_languages), _languages):
        seen = set()
        for row in map(oriented, chain.from_iterable(counted(file, skips) for file in same)):
            pair = row["word_a"], row["word_b"]
            if pair not in seen:
                seen.add(pair)
                yield row


def oriented(row: Row) -> Row:
    """The same pair with the alphabetically first language first."""
    if row["lang_a"] <= row["lang_b"]:
        return row
    swapped = {"word_a": row["word_b"], "lang_a": row["lang_b"], "word_b": row["word_a"], "lang_b": row["lang_a"]}
    return swapped | {"source": row["source"]}


def _languages(file: SourceFile) -> list[str]:
    return sorted(file.lang.split("+"))
