"""Which files of the user's own data are of which language and split."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import filter as matching
from pathlib import Path
from typing import Any, NamedTuple

from semantic_tokens.errors import InputError
from semantic_tokens.sources.own.settings import ALL_SPLITS, OwnSet
from semantic_tokens.sources.own.shapes import WITHOUT_SPLITS

# Our split -> its names there, of which the first that is there counts.
USUAL = {"train": ("train",), "dev": ("dev", "validation"), "test": ("test",)}


class Place(NamedTuple):
    """A file, its languages (codes joined by "+" where it holds several, or a pair) and its split, empty for none."""

    path: str
    lang: str
    split: str


def languages_of(own: OwnSet, role: str, languages: Iterable[str]) -> dict[str, str]:
    """Our code -> its name there: those that the entry gives, else those of the data; `en+sw` for a pair `en-sw`."""
    names = {code: code for code in languages} if own.languages is None else own.languages
    return {code.replace("-", "+"): name for code, name in names.items()} if role == "dictionaries" else dict(names)


def has_placeholder(own: OwnSet) -> bool:
    """Whether {lang} tells the languages apart."""
    return any("{lang}" in text for text in [own.config or "", *(own.files or {}).values(), *own.splits.values()])


def by_language(own: OwnSet, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """(languages as in `Place`, what {lang} stands for): one where {lang} stands nowhere."""
    return list(names.items()) if has_placeholder(own) else [("+".join(names), "")]


def chosen_splits(own: OwnSet, role: str) -> dict[str, tuple[str, ...]]:
    """Our splits, or one without a name where the table has none -> names there, of which the first found counts."""
    if role in WITHOUT_SPLITS:
        return {"": tuple(own.splits.values()) or ("train",)}
    return {split: (own.splits[split],) for split in USUAL if split in own.splits} if own.splits else USUAL


def local_places(own: OwnSet, role: str, names: Mapping[str, str]) -> list[Place]:
    """The local files, by split, language and name. Raises InputError for a language without any."""
    return _places(own, role, names, _files)


def repository_places(own: OwnSet, role: str, names: Mapping[str, str], listing: Iterable[str]) -> list[Place]:
    """The same of files in a repository, of which `listing` has all."""
    return _places(own, role, names, lambda pattern: matching(listing, pattern))


def require_splits(role: str, places: Iterable[Place], scored: str, there: Iterable[str]) -> None:
    """Raises InputError, which lists what is `there`, where there is nothing to train on or nothing to score."""
    found = {place.split for place in places}
    lacking = [] if role in WITHOUT_SPLITS else [split for split in ("train", scored) if split not in found]
    if lacking:
        raise InputError(
            f"data.own.{role}.splits: no split for {' and '.join(lacking)}; there are {', '.join(sorted(there))}"
        )


def _places(own: OwnSet, role: str, names: Mapping[str, str], find: Callable[[str], Iterable[str]]) -> list[Place]:
    found: list[Place] = []
    for lang, name in by_language(own, names):
        tried: list[str] = []
        before = len(found)
        for split, spellings in chosen_splits(own, role).items():
            patterns = list(_filled(own, split, spellings, name))
            paths: list[str] = next(filter(None, (sorted(find(pattern)) for pattern in patterns)), [])
            found += [Place(path, lang, split) for path in paths]
            tried += patterns
        if len(found) == before:
            raise InputError(f"no file{f' of {lang}' if name else ''} like {' or '.join(dict.fromkeys(tried))}")
    read_as: dict[str, Place] = {}
    for place in found:
        if (other := read_as.setdefault(place.path, place)) != place:
            uses = " and as ".join(f"{one.lang} {one.split}".strip() for one in (other, place))
            raise InputError(f"{place.path}: is read as {uses}; a file has one language and split")
    order = ["", *USUAL]
    return sorted(found, key=lambda place: order.index(place.split))


def _filled(own: OwnSet, split: str, spellings: Iterable[str], name: str) -> Iterator[str]:
    """The patterns of a split, with its spellings and the language filled in."""
    files: Mapping[Any, str] = own.files or {}
    for pattern in (files[key] for key in (ALL_SPLITS, split) if key in files):
        yield from (pattern.replace("{split}", spelling).replace("{lang}", name) for spelling in spellings)


def _files(pattern: str) -> list[str]:
    root = Path(Path(pattern).anchor)
    return [str(path) for path in root.glob(str(Path(pattern).relative_to(root))) if path.is_file()]
