"""Values of a record by our names for its columns, and labels by name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from semantic_tokens.errors import InputError
from semantic_tokens.sources.own.records import Record


@dataclass(frozen=True)
class Found:
    """A record of a file. file: the file's name; where: file and row, for messages; names: our column -> its name
    there; key: the entry in the config."""

    record: Record
    file: str
    where: str
    names: Mapping[str, str]
    key: str

    def value(self, column: str) -> Any:
        """The value. Raises InputError listing the columns that are there where it is not."""
        name = self.names[column]
        try:
            return at(self.record, name)
        except (KeyError, TypeError):
            there = ", ".join(paths(self.record))
            raise InputError(
                f"{self.where}: no column {name!r} ({self.key}.columns, {column}); there are {there}"
            ) from None

    def text(self, column: str) -> str:
        """A value that must be text."""
        found = self.value(column)
        return found if isinstance(found, str) else self.refuse(column, found, "text")

    def texts(self, column: str) -> list[str]:
        """A list of texts; a single one is a list of one."""
        found = self.value(column)
        found = [found] if isinstance(found, str) else found
        ok = isinstance(found, list) and all(isinstance(one, str) for one in found)
        return found if ok else self.refuse(column, found, "text or a list of texts")

    def refuse(self, column: str, found: Any, must: str) -> Any:
        """Raises InputError: the value of the column must be another."""
        shown = repr(found)
        shown = shown if len(shown) < 60 else f"{shown[:57]}..."
        raise InputError(f"{self.where}: {self.names[column]!r} must be {must}, but is {shown}")


@dataclass(frozen=True)
class Labels:
    """allowed: our labels. given: label there -> ours, None to leave rows out. numbers: the names of the data set's
    own for its numbers, None where it has none."""

    allowed: tuple[str, ...]
    given: Mapping[str, str | None]
    numbers: list[str] | None

    def name(self, found: Found, column: str, value: Any) -> str | None:
        """Our label. Raises InputError naming file and row for one that is not known."""
        name = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else None
        if isinstance(value, int) and name not in self.given and self.numbers is not None:
            name = self.numbers[value] if 0 <= value < len(self.numbers) else None
        elif isinstance(value, int) and name not in self.given and not self.given:
            return found.refuse(column, value, f"named: nothing says what the numbers mean ({found.key}.labels)")
        ours = self.given.get(name, name) if name is not None else None
        if name is None or (ours is not None and ours not in self.allowed):
            known = dict.fromkeys([*self.given, *(self.numbers or self.allowed)])
            return found.refuse(column, value, f"one of {', '.join(known)} ({found.key}.labels)")
        return ours


def at(record: Any, path: str) -> Any:
    """The value at a.b; in a list, the list of them. Raises KeyError or TypeError where there is none."""
    if isinstance(record, dict) and path in record:
        return record[path]
    first, _, rest = path.partition(".")
    if isinstance(record, list):
        return [at(entry, path) for entry in record]
    return at(record[first], rest) if rest else record[first]


def paths(record: Any, prefix: str = "") -> Iterator[str]:
    """The names of all values in a record, as `at` takes them."""
    inside = record[0] if isinstance(record, list) and record else record
    if isinstance(inside, dict):
        for name, value in inside.items():
            yield from paths(value, f"{prefix}.{name}" if prefix else name)
    else:
        yield prefix


def label_numbers(features: Mapping[str, Any], column: str) -> list[str] | None:
    """The names of a column's numbers (ClassLabel), or of those in its lists, by what `datasets` says of it."""
    feature = features.get(column)
    while isinstance(feature, dict) and "names" not in feature:
        feature = feature.get("feature")
    return feature["names"] if isinstance(feature, dict) else None
