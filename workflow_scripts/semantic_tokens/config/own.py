"""The entries of `data.own`: which task reads one, and what can be wrong with them beyond the shape of each."""

from collections.abc import Iterable, Iterator

from semantic_tokens.config.data import UpstreamData
from semantic_tokens.config.problems import ABSENT, KeyPath, Problem
from semantic_tokens.config.types import ALL
from semantic_tokens.errors import InputError
from semantic_tokens.fine_tuning.task import Task
from semantic_tokens.sources.languages import LANGUAGES
from semantic_tokens.sources.listing import OWN, own_source, with_pool
from semantic_tokens.sources.own.places import has_placeholder, languages_of, local_places, require_splits
from semantic_tokens.sources.own.settings import ALL_SPLITS, OwnSet
from semantic_tokens.sources.own.shapes import COLUMNS, LABELS, WITHOUT_SPLITS


def problems(data: UpstreamData, scored: str) -> Iterator[Problem]:
    """Every problem of the section; scored: the split that is evaluated. Local files are looked for, not read."""
    for role, listed in (("corpus", data.corpus.sources), ("dictionaries", data.dictionaries)):
        path: KeyPath = ("data", "corpus", "sources") if role == "corpus" else ("data", role)
        if OWN in listed and role not in data.own:
            yield path, OWN, f"is data.own.{role}, which is not set"
        if OWN not in listed and role in data.own:
            yield ("data", "own", role), ABSENT, f"is read only where {'.'.join(map(str, path))} has {OWN!r}"
    for role, own in data.own.items():
        own_path: KeyPath = ("data", "own", role)
        languages = languages_read(data, role)
        found = [*_origin_problems(own, role), *_column_problems(own, role), *_language_problems(own, role, languages)]
        yield from (((*own_path, key), value, rule) for key, value, rule in found)
        if own.dataset is None and not found:
            yield from _file_problems(own, role, languages, scored, own_path)


def languages_read(data: UpstreamData, role: str) -> list[str]:
    """Those that an entry must have rows of, unless it names its own."""
    return list((data.corpus.languages if role == "corpus" else None) or data.languages)


def role_of(task: Task) -> str:
    """The role of an entry that the task would read."""
    return "retrieval" if "queries" in task.formats else task.name


def sources_of(task: Task, data: UpstreamData, transfers: Iterable[str] = ()) -> tuple[str, ...]:
    """The sources that a task is read from under these transfers: its entry in `data.own`, or the published ones."""
    if role_of(task) in data.own:
        return (own_source(role_of(task)),)
    return with_pool(task.read_for(transfers), data.collection)


Found = Iterator[tuple[str, object, str]]  # key in the entry, its value, the rule


def _origin_problems(own: OwnSet, role: str) -> Found:
    if own.dataset is None and own.files is None:
        yield "dataset", ABSENT, "must be given, or `files`"
    for key in ("config", "revision"):
        if own.dataset is None and getattr(own, key) is not None:
            yield key, getattr(own, key), "is of a `dataset`, which is not given"
    if own.config is not None and own.files is not None:
        yield "config", own.config, "must be absent where `files` says which files of the data set are read"
    files = own.files or {}
    if role in WITHOUT_SPLITS:
        if files and list(files) != [ALL_SPLITS]:
            yield "files", files, f"must be one path or pattern: {role} has no splits"
        if len(own.splits) > 1:
            yield "splits", own.splits, f"must name one split: all rows of {role} are read alike"
    elif ALL_SPLITS in files and "{split}" not in files[ALL_SPLITS]:
        yield "files", files[ALL_SPLITS], "must hold {split}, or be a path for each of train, dev and test"
    names = list(own.splits.values())
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield "splits", own.splits, f"must not use {name!r} twice: what is trained on is not to be scored"


def _column_problems(own: OwnSet, role: str) -> Found:
    for column in own.columns:
        if column not in COLUMNS[role]:
            yield "columns", column, f"must be one of {', '.join(COLUMNS[role])}"
    allowed = LABELS.get(role, ())
    for label in own.labels.values():
        if label is not None and label not in allowed:
            yield "labels", label, f"must be one of {', '.join(allowed)}" if allowed else f"{role} has no labels"


def _language_problems(own: OwnSet, role: str, languages: list[str]) -> Found:
    if own.languages is None and (role == "dictionaries" or ALL in languages):
        yield "languages", ABSENT, f"must be given{', as pairs: [en-sw]' if role == 'dictionaries' else ''}"
        return
    allowed = list(LANGUAGES) if ALL in languages else languages
    for code in own.languages or ():
        parts = code.split("-") if role == "dictionaries" else [code]
        if role == "dictionaries" and len(parts) != 2:
            yield "languages", code, "must be a pair of codes, e.g. en-sw"
        elif unknown := [part for part in parts if part not in allowed]:
            yield "languages", unknown[0], f"must be in data.languages: {', '.join(allowed)}"
    names = languages_of(own, role, languages)
    if len(names) != 1 and not has_placeholder(own) and "lang" not in own.columns:
        way = "hold {lang} in `files`, `config` or `splits`" + (", or name a column `lang`" * ("lang" in COLUMNS[role]))
        yield "languages", list(names), f"must be one language, or the entry must {way}"
    if has_placeholder(own) and "lang" in own.columns:
        yield "columns", "lang", "must be absent where {lang} tells the languages apart"


def _file_problems(own: OwnSet, role: str, languages: Iterable[str], scored: str, path: KeyPath) -> Iterator[Problem]:
    patterns = ", ".join((own.files or {}).values())
    try:
        places = local_places(own, role, languages_of(own, role, languages))
        require_splits(role, places, scored, {place.split for place in places})
    except InputError as error:
        yield (*path, "files"), patterns, str(error).removeprefix(f"{'.'.join(map(str, path))}.splits: ")
