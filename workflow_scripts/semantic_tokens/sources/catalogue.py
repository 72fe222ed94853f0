"""The loaders by source, and the files that they find under a `local_dir`."""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from semantic_tokens.errors import InputError
from semantic_tokens.sources.files import Row, Skips, SourceFile
from semantic_tokens.sources.listing import FOLDERS, own_source
from semantic_tokens.sources.loaders import (
    colexnet,
    concepticon,
    lareqa,
    masakhaner,
    miracl,
    msmarco,
    muse,
    panlex,
    squad,
    text,
    tydiqa,
    wikipedia,
    xnli,
)
from semantic_tokens.sources.loaders import own_dictionaries as dictionaries
from semantic_tokens.sources.own import loader as own
from semantic_tokens.sources.own.shapes import COLUMNS

Find = Callable[[Path], list[SourceFile]]
WordPairs = Callable[[Path, Collection[str], Skips], Iterator[Row]]


# source -> its loader
LOADERS: dict[str, Find] = {
    "masakhaner": masakhaner.find,
    "xnli": xnli.find,
    "tydiqa": tydiqa.find,
    "xquad": squad.find,
    "lareqa": lareqa.find,
    "miracl": miracl.find,
    "miracl-corpus": miracl.find_corpus,
    "miracl-hard-negatives": miracl.find_hard_negatives,
    "msmarco": msmarco.find,
    "muse": muse.find,
    "panlex": panlex.find,
    "concepticon": concepticon.find,
    "colexnet": colexnet.find,
    "dictionaries": dictionaries.find,
    "wikipedia": wikipedia.find,
    "ntrex": text.find_ntrex,
    "text": text.find,
    **dict.fromkeys(map(own_source, COLUMNS), own.find),
}
# (source, table) -> what finds the files of a source that hold another table as well
ALSO: dict[tuple[str, str], Find] = {
    ("tydiqa", "clir"): lareqa.find_training,
    ("ntrex", "bitext"): text.find_sentences,
}
WORD_PAIRS: dict[str, WordPairs] = {
    "muse": muse.word_pairs,
    "panlex": panlex.word_pairs,
    "concepticon": concepticon.word_pairs,
    "colexnet": colexnet.word_pairs,
    "dictionaries": dictionaries.word_pairs,
    own_source("dictionaries"): own.word_pairs,
}


def files_of(source: str, table: str, folder: Path) -> list[SourceFile]:
    """The files of a source that hold a table."""
    found = ALSO.get((source, table), LOADERS[source])(folder)
    return [file for file in found if file.table == table]


def local_folder(source: str, root: Path) -> Path:
    """The folder of a source under a `local_dir`. Raises InputError naming the possible folders."""
    for folder in FOLDERS[source]:
        if (root / folder).is_dir():
            return root / folder
    raise InputError(f"{root}: no files of {source}; expected in {' or '.join(f'{name}/' for name in FOLDERS[source])}")
