"""Pairs of a query and its passages as a collection to search: queries, judgements, and every passage once.

Texts are known by a hash, so a passage that several rows hold is one passage, and a query of several rows has all their
relevant passages. What is held is hashes, about 150 bytes a text and pair; the texts are read again for each table.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from hashlib import blake2b
from pathlib import Path

from semantic_tokens.sources.canonical import is_wanted
from semantic_tokens.sources.files import Row, Skipped, Skips, SourceFile, counted
from semantic_tokens.sources.own.loader import find, require_languages


class Pairs:
    """The files of the entry `retrieval`, in the wanted languages."""

    def __init__(self, record: Path, languages: Collection[str], skips: Skips) -> None:
        """record: what `obtain` wrote. skips: gets what `queries` leaves out."""
        self.files, self.languages, self.skips = find(record), languages, skips

    def queries(self) -> Iterator[Row]:
        """Rows of the table queries; here rows that are left out are counted. Raises InputError for a language
        without any."""
        found: set[str] = set()
        for row in _distinct(self._rows(lambda file: counted(file, self.skips)), _query):
            found.add(row["lang"])
            yield row
        wanted = {lang for file in self.files for lang in file.lang.split("+") if is_wanted(self.languages, lang)}
        require_languages(self.files, found, wanted)

    def passages(self) -> Iterator[Row]:
        """Rows of the table passages, which have no titles."""
        yield from _distinct(self._uncounted(), _passages)

    def qrels(self) -> Iterator[Row]:
        """Rows of the table qrels: 1 where some row says that the passage is relevant, else 0."""
        relevances: dict[tuple[str, str, str], dict[str, int]] = {}
        for row in self._uncounted():
            of_query = relevances.setdefault((row["lang"], row["split"], _query_id(row)), {})
            for relevance, texts in ((1, row["positive"]), (0, row["negative"])):
                for text in texts:
                    passage = _hash(text)
                    of_query[passage] = max(relevance, of_query.get(passage, 0))
        for (lang, split, query), of_query in relevances.items():
            about = {"lang": lang, "split": split, "query_id": query}
            yield from (about | {"passage_id": passage, "relevance": found} for passage, found in of_query.items())

    def _uncounted(self) -> Iterator[Row]:
        return self._rows(lambda file: file.rows(Skipped()))

    def _rows(self, read: Callable[[SourceFile], Iterator[Row]]) -> Iterator[Row]:
        return (row for file in self.files for row in read(file) if is_wanted(self.languages, row["lang"]))


def _distinct(rows: Iterable[Row], parts: Callable[[Row], Iterable[tuple[str, Row]]]) -> Iterator[Row]:
    """The parts of the rows, each once by its language and id."""
    seen: set[tuple[str, str]] = set()
    for row in rows:
        for identity, part in parts(row):
            if (part["lang"], identity) not in seen:
                seen.add((part["lang"], identity))
                yield part


def _query(row: Row) -> Iterable[tuple[str, Row]]:
    identity = _query_id(row)
    return [(identity, {"lang": row["lang"], "split": row["split"], "query_id": identity, "text": row["query"]})]


def _passages(row: Row) -> Iterator[tuple[str, Row]]:
    for text in [*row["positive"], *row["negative"]]:
        identity = _hash(text)
        yield identity, {"lang": row["lang"], "passage_id": identity, "title": "", "text": text}


def _query_id(row: Row) -> str:
    """A query of two splits is one of each."""
    return f"{row['split']}-{_hash(row['query'])}"


def _hash(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()
