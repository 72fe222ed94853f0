"""Parallel sentences in files of two layouts, one sentence per line.

NTREX-128 (Federmann et al. 2022): `newstest2019-{src,ref}.{code}.txt`; line i says the same in every file.
Tatoeba as LASER has it (Artetxe and Schwenk 2019): `tatoeba.{xxx}-eng.{xxx}` and `tatoeba.{xxx}-eng.eng`; line i says
the same in the two files of a pair, and every pair has English lines of its own. Codes are ISO 639-3.
"""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from semantic_tokens.errors import InputError
from semantic_tokens.sources.files import Row, numbered_lines
from semantic_tokens.sources.languages import from_iso3
from semantic_tokens.sources.loaders import text

_TATOEBA = re.compile(r"tatoeba\.([a-z]{3}-[a-z]{3})\.([a-z]{3})")
Found = tuple[str, str, Path]  # bundle of files whose lines correspond, language, file


def read(folder: Path, languages: Collection[str]) -> Iterator[Row]:
    """Rows `lang, sentence_id, text` of these languages; a line that is blank in one language is left out there.

    Raises InputError where the folder holds neither layout or no file of a language, and where files that correspond
    differ in their lines.
    """
    n_lines: dict[str, tuple[int, Path]] = {}
    files = _find(folder)
    known = {lang for _, lang, _ in files}
    if missing := [lang for lang in languages if lang not in known]:
        raise InputError(
            f"{folder}: no parallel sentences in {', '.join(missing)}; there are {', '.join(sorted(known))}: list in "
            "probing.languages those to compare"
        )
    for bundle, lang, path in files:
        if lang not in languages:
            continue
        lines = list(numbered_lines(path))
        expected, first = n_lines.setdefault(bundle, (len(lines), path))
        if len(lines) != expected:
            raise InputError(
                f"{path}: {len(lines)} lines, but {first.name} has {expected}; parallel files have as many"
            )
        for number, line in lines:
            if line.strip():
                yield {"lang": lang, "sentence_id": f"{bundle}-{number}", "text": line.strip()}


def _find(folder: Path) -> list[Found]:
    found = [("ntrex", file.lang, file.path) for file in text.find_ntrex(folder)]
    for path in sorted(folder.glob("tatoeba.*")):
        name = _TATOEBA.fullmatch(path.name)
        if name and (lang := from_iso3(name[2])):
            found.append((f"tatoeba-{name[1]}", lang, path))
    if not found:
        layouts = "newstest2019-{src,ref}.{code}.txt or tatoeba.{xxx}-eng.{xxx}"
        raise InputError(f"{folder}: no parallel sentences; looked for {layouts}")
    return found
