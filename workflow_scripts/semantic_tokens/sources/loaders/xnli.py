"""XNLI (Conneau et al. 2018): natural language inference in 15 languages, from the hub or from the authors' archives.

The hub has a Parquet file a language and split. The archives have tab-separated files: dev and test of all languages
in one, and a train file a language, MultiNLI in translation. Both hold the same rows: keep one of them in a folder.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from semantic_tokens.errors import InputError
from semantic_tokens.sources.files import Row, Skipped, SourceFile, numbered_lines
from semantic_tokens.sources.languages import known
from semantic_tokens.sources.parquet import record_batches
from semantic_tokens.tables import NLI_LABELS, SPLITS

LANGUAGES = ("ar", "bg", "de", "el", "en", "es", "fr", "hi", "ru", "sw", "th", "tr", "ur", "vi", "zh")
_HUB_SPLITS = {"train": "train", "validation": "dev", "test": "test"}
_UNDECIDED = "-"  # MultiNLI's mark where the annotators did not agree
_LABELS = {name: i for i, name in enumerate(NLI_LABELS)} | {"contradictory": NLI_LABELS.index("contradiction")}


def find(folder: Path) -> list[SourceFile]:
    """Every file of either shape.

    Raises InputError for an unknown language in a folder's or file's name, and for a folder that holds both shapes.
    """
    hub = sorted(path for split in _HUB_SPLITS for path in folder.glob(f"*/{split}-*.parquet"))
    evaluation = [path for split in SPLITS for path in folder.glob(f"XNLI-1.0/xnli.{split}.tsv")]
    train = sorted(folder.glob("XNLI-MT-1.0/multinli/multinli.train.*.tsv"))
    if hub and (evaluation or train):
        raise InputError(
            f"{folder}: holds the hub's Parquet files and the authors' TSVs, the same rows twice; keep one"
        )
    # The hub's folder `all_languages` repeats the others, with all translations of a sentence in one row.
    files = [_hub_file(path) for path in hub if path.parent.name != "all_languages"]
    return files + [_evaluation_file(path) for path in evaluation] + [_train_file(path) for path in train]


def parse_parquet(path: Path, skipped: Skipped, *, lang: str, split: str) -> Iterator[Row]:
    """Rows of the table nli from the hub's file. Raises InputError naming the row for a null or an unknown label."""
    for start, batch in record_batches(path, ("premise", "hypothesis", "label")):
        for number, found in enumerate(batch.to_pylist(), start=start + 1):
            if None in found.values() or found["label"] not in range(len(NLI_LABELS)):
                raise InputError(f"{path}, row {number}: must be two sentences and a label 0, 1 or 2, but is {found}")
            yield {"lang": lang, "split": split, **found}


def parse_evaluation(path: Path, skipped: Skipped, *, split: str) -> Iterator[Row]:
    """Rows of the table nli, in all languages, from the authors' dev or test file; undecided pairs are skipped.

    Raises InputError naming the line for an unknown label or language, or columns other than the header's.
    """
    for line, (lang, label, *pair) in _records(path, ("language", "gold_label", "sentence1", "sentence2")):
        if lang not in LANGUAGES:
            raise InputError(f"{path}, line {line}: unknown language {lang!r}; allowed: {' '.join(LANGUAGES)}")
        yield from _row(path, line, skipped, lang, split, pair, label)


def parse_train(path: Path, skipped: Skipped, *, lang: str) -> Iterator[Row]:
    """Rows of the table nli from the authors' train file of a language; skips and errors as for dev and test."""
    for line, (label, *pair) in _records(path, ("label", "premise", "hypo")):
        yield from _row(path, line, skipped, lang, "train", pair, label)


def _records(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    """(line, the named columns) of a table with a header. Quotes are text: there is no quoting in these files."""
    header: list[str] = []
    line = 0
    for line, text in numbered_lines(path):
        fields = text.split("\t")
        if not header:
            header = fields
            missing = ", ".join(column for column in columns if column not in header)
            if missing:
                raise InputError(f"{path}, line {line}: no column {missing}; found: {', '.join(header)}")
            places = [header.index(column) for column in columns]
        elif len(fields) != len(header):
            raise InputError(f"{path}, line {line}: has {len(fields)} columns, but the header has {len(header)}")
        else:
            yield line, [fields[place] for place in places]
    if line < 2:
        raise InputError(f"{path}: no rows")


def _row(path: Path, line: int, skipped: Skipped, lang: str, split: str, pair: list[str], label: str) -> Iterator[Row]:
    """The row, or nothing for an undecided pair."""
    if label == _UNDECIDED:
        skipped.row(line, "the annotators did not agree on a label")
        return
    if label not in _LABELS:
        raise InputError(f"{path}, line {line}: unknown label {label!r}; allowed: {' '.join([*_LABELS, _UNDECIDED])}")
    yield {"lang": lang, "split": split, "premise": pair[0], "hypothesis": pair[1], "label": _LABELS[label]}


def _hub_file(path: Path) -> SourceFile:
    lang, split = known(path.parent.name, str(path)), _HUB_SPLITS[path.name.partition("-")[0]]
    return SourceFile("xnli", path, "nli", lang, split, partial(parse_parquet, lang=lang, split=split))


def _evaluation_file(path: Path) -> SourceFile:
    split = path.name.split(".")[1]
    parse = partial(parse_evaluation, split=split)
    return SourceFile("xnli-original", path, "nli", "+".join(LANGUAGES), split, parse)


def _train_file(path: Path) -> SourceFile:
    lang = known(path.name.split(".")[2], str(path))
    return SourceFile("xnli-original", path, "nli", lang, "train", partial(parse_train, lang=lang))
