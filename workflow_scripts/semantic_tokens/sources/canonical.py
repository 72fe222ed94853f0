"""Canonical tables from a source's files: which files, languages and split."""

import json
import random
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from semantic_tokens.errors import InputError
from semantic_tokens.sources.amounts import Amount
from semantic_tokens.sources.catalogue import LOADERS, WORD_PAIRS, files_of
from semantic_tokens.sources.files import Row, Skips, SourceFile, counted
from semantic_tokens.sources.languages import LANGUAGES
from semantic_tokens.sources.listing import SCORED_ON_DEV, is_own
from semantic_tokens.sources.loaders import wikipedia
from semantic_tokens.sources.own.loader import require_languages


def is_wanted(languages: Collection[str], lang: str) -> bool:
    return "all" in languages or lang in languages


def task_rows(
    source: str,
    table: str,
    folder: Path,
    languages: Collection[str],
    skips: Skips,
    limits: Mapping[str, int] = MappingProxyType({}),
    left_out: Collection[str] = (),
    seed: int = 0,
) -> Iterator[Row]:
    """Rows of a task's table from all files of a source, in the wanted languages, splits renamed as `split_of` says.

    limits: how many rows of a split are drawn in each language; the others come whole. left_out: splits that are not
    wanted. Raises InputError if no file has such rows.
    """
    files = files_of(source, table, folder)
    found: Counter[str] = Counter()
    drawn: dict[tuple[str, str], Reservoir] = {}
    for file in files:
        wanted = [lang for lang in file.lang.split("+") if is_wanted(languages, lang)]
        for row in counted(file, skips) if wanted else ():
            if row["lang"] not in wanted:
                continue
            found[row["lang"]] += 1
            row |= {"split": split_of(source, row["split"])} if "split" in row else {}
            split = row.get("split", "")
            if split in limits:
                key = f"{seed}/{table}/{split}/{row['lang']}"
                drawn.setdefault((split, row["lang"]), Reservoir(limits[split], key)).add(row)
            elif split not in left_out:
                yield row
    for own in drawn.values():
        yield from own.rows
    if not found:
        raise InputError(f"{folder}: no rows of the table {table} in the languages {', '.join(languages)}")
    if is_own(source):
        require_languages(files, found, LANGUAGES if "all" in languages else languages)


def split_of(source: str, split: str) -> str:
    """The project's split: if upstream does not publish its test set, its dev set is scored."""
    return "test" if source in SCORED_ON_DEV and split == "dev" else split


def word_pair_rows(folders: dict[str, Path], languages: Collection[str], skips: Skips) -> Iterator[Row]:
    """Word pairs of several dictionaries among the wanted languages."""
    chosen = list(LANGUAGES) if "all" in languages else list(languages)
    for source, folder in folders.items():
        yield from WORD_PAIRS[source](folder, chosen, skips)


def corpus_rows(
    folders: dict[str, Path],
    languages: Collection[str],
    texts_a_language: int,
    seed: int,
    skips: Skips,
    amounts: list[Amount],
) -> Iterator[Row]:
    """At most `texts_a_language` texts of each language, an even share from each source that has so many; how much
    there is of each is added to `amounts`. Raises InputError where a language that is asked for by name has none."""
    files = [file for source, folder in folders.items() for file in LOADERS[source](folder)]
    by_language: dict[str, dict[str, list[SourceFile]]] = {}
    for file in files:
        if is_wanted(languages, file.lang):
            by_language.setdefault(file.lang, {}).setdefault(file.source, []).append(file)
    under = ", ".join(map(str, folders.values()))
    if not by_language:
        raise InputError(f"no text in the languages {', '.join(languages)} under {under}")
    if lacking := [lang for lang in languages if lang not in by_language and lang != "all"]:
        raise InputError(f"no text in {', '.join(lacking)} under {under}: leave them out of data.corpus.languages")
    for lang, sources in sorted(by_language.items()):
        left = texts_a_language
        smallest_first = sorted(sources.items(), key=lambda entry: sum(file.path.stat().st_size for file in entry[1]))
        for waiting, (source, found) in zip(range(len(sources), 0, -1), smallest_first):
            for row in _sampled(source, found, left // waiting, f"{seed}/{lang}/{source}", skips, amounts):
                left -= 1  # what a small source does not fill goes to the larger ones
                yield row


def _sampled(
    source: str, files: list[SourceFile], n: int, seed: str, skips: Skips, amounts: list[Amount]
) -> Iterator[Row]:
    if source == "wikipedia":
        amount = Amount(files[0].lang, source, wikipedia.n_articles(files))
        amount.taken = min(n, amount.texts)
        chosen = wikipedia.sample(files, n, random.Random(seed).randrange(2**32))
        yield from _measured((row for file in chosen for row in counted(file, skips)), amount)
        amounts.append(amount)
        return
    amount = Amount(files[0].lang, source)
    for waiting, file in zip(range(len(files), 0, -1), files):
        # What a short file does not fill goes to those after it.
        before = amount.texts
        kept = reservoir(_numbered(counted(file, skips), amount), (n - amount.taken) // waiting, seed)
        amount.taken += len(kept)
        amount.texts = amount.texts if file.total is None else before + file.total
        yield from _measured(kept, amount)
    if is_own(source) and not amount.texts:
        require_languages(files, (), [amount.lang])
    amounts.append(amount)


def _numbered(rows: Iterable[Row], amount: Amount) -> Iterator[Row]:
    for row in rows:
        amount.texts += 1
        yield row


def _measured(rows: Iterable[Row], amount: Amount) -> Iterator[Row]:
    for row in rows:
        amount.characters += len(row["text"])
        yield row


def reservoir(rows: Iterable[Row], n: int, seed: str) -> list[Row]:
    """`n` of the rows, each as likely as any other, in their order; all of them if there are not more."""
    drawn = Reservoir(n, seed)
    for row in rows:
        drawn.add(row)
    return drawn.rows


class Reservoir:
    """`n` of the rows that are added, each as likely as any other."""

    def __init__(self, n: int, seed: str) -> None:
        self.n, self.rng, self.seen, self.kept = n, random.Random(seed), 0, list[tuple[int, Row]]()

    def add(self, row: Row) -> None:
        if len(self.kept) < self.n:
            self.kept.append((self.seen, row))
        elif (place := self.rng.randrange(self.seen + 1)) < self.n:
            self.kept[place] = (self.seen, row)
        self.seen += 1

    @property
    def rows(self) -> list[Row]:
        """In the order in which they were added."""
        return [row for _, row in sorted(self.kept, key=lambda pair: pair[0])]


def folder_of(record: Path) -> Path:
    """Where a source is, as recorded by the step that obtained it; for the user's own data the record itself, which
    lists the files."""
    return Path(json.loads(Path(record).read_text(encoding="utf-8")).get("folder", record))
