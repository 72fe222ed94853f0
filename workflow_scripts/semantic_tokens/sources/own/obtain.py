"""The record of an entry of `data.own`: which files are read, from where, on which terms."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from semantic_tokens.errors import InputError
from semantic_tokens.sources.fetch.hub_datasets import Repository, Subset
from semantic_tokens.sources.fetch.registry import found_at, own_terms
from semantic_tokens.sources.own.places import (
    Place,
    by_language,
    chosen_splits,
    languages_of,
    local_places,
    repository_places,
    require_splits,
)
from semantic_tokens.sources.own.records import format_of
from semantic_tokens.sources.own.settings import OwnSet
from semantic_tokens.sources.own.streamed import Sample, can_be_streamed, stream


@dataclass(frozen=True)
class Access:
    """Where downloads go, where they come from, and whether there are any."""

    resources: Path
    mirror: str | None
    offline: bool


def obtain(
    role: str,
    entry: Mapping[str, Any],
    languages: Collection[str],
    scored: str,
    access: Access,
    sample: tuple[int, int] | None = None,
) -> dict[str, Any]:
    """What the record holds: terms as a row of `tables/sources.csv`, and under `own` what `loader.find` reads.

    entry: the settings of an `OwnSet` as plain values. languages: of the data. scored: the split that is evaluated.
    sample: of a corpus, the number of texts a language and a seed: so many are streamed from Parquet files of the hub.
    Raises InputError for whatever cannot be had: a config, a split, a language, a file.
    """
    own = OwnSet.model_validate(entry)
    totals: dict[str, int] = {}
    names = languages_of(own, role, languages)
    if own.dataset is None:
        features: dict[str, Any] = {}
        places = _of_known_formats(local_places(own, role, names))
        patterns = ", ".join((own.files or {}).values())
        require_splits(role, places, scored, {place.split for place in places})
        terms = own_terms(f"own-{role}") | found_at(patterns)
    else:
        repository = Repository(own.dataset, own.revision or "main", access.resources, access.mirror, access.offline)
        wanted, features = _in_repository(repository, own, role, names, scored)
        if sample is not None and can_be_streamed(wanted):
            column = own.columns.get("text", "text")
            places, totals = stream(repository, wanted, Sample(*sample, column))
        else:
            fetched = [repository.fetch(place.path) for place in _of_known_formats(wanted)]
            places = [place._replace(path=str(path)) for place, path in zip(wanted, fetched)]
        features = {str(repository.folder / path): found for path, found in features.items()}
        terms = _terms(repository, role)
    codes = {name: code for code, name in names.items()}
    noted = {"role": role, "entry": dict(entry), "codes": codes, "features": features, "totals": totals}
    return terms | {"own": noted | {"places": [list(place) for place in places]}}


def _of_known_formats(places: list[Place]) -> list[Place]:
    """The places themselves. Raises InputError before anything is downloaded that cannot be read."""
    for place in places:
        format_of(Path(place.path))
    return places


def _in_repository(
    repository: Repository, own: OwnSet, role: str, names: Mapping[str, str], scored: str
) -> tuple[list[Place], dict[str, Any]]:
    """Files of a repository by their paths there, and the features that its card gives of each."""
    if own.files is not None:
        try:
            places = repository_places(own, role, names, repository.listing)
        except InputError as error:
            raise InputError(f"data.own.{role}.files: {repository.name}, {repository.commit}: {error}") from None
        require_splits(role, places, scored, {place.split for place in places})
        return places, {}
    configs = {lang: own.config and own.config.replace("{lang}", name) for lang, name in by_language(own, names)}
    try:
        subsets = repository.subsets(list(dict.fromkeys(configs.values())))
    except InputError as error:
        raise InputError(f"data.own.{role}.config: {error}") from None
    places, there = [], {split for subset in subsets.values() for split in subset.splits}
    for lang, config in configs.items():
        places += _of_subset(subsets[config], own, role, lang, names.get(lang, ""))
    found = {place.split for place in places}
    lacking = [name for split, name in own.splits.items() if split not in found and "" not in found]
    if lacking or not places:
        raise InputError(
            f"data.own.{role}.splits: no split {', '.join(lacking) or 'train'}; there are {', '.join(sorted(there))}"
        )
    if lost := [lang for lang in configs if lang not in {place.lang for place in places}]:
        raise InputError(f"data.own.{role}.splits: no split of {', '.join(lost)}; there are {', '.join(sorted(there))}")
    require_splits(role, places, scored, there)
    features = {place.path: subsets[configs[place.lang]].features for place in places}
    return places, {path: found for path, found in features.items() if found}


def _of_subset(subset: Subset, own: OwnSet, role: str, lang: str, name: str) -> list[Place]:
    places = []
    for split, spellings in chosen_splits(own, role).items():
        named = [spelling.replace("{lang}", name) for spelling in spellings]
        chosen = next((spelling for spelling in named if spelling in subset.splits), None)
        places += [Place(path, lang, split) for path in subset.splits.get(chosen or "", [])]
    return places


def _terms(repository: Repository, role: str) -> dict[str, Any]:
    licence = repository.licence()
    allowed = "no" if not licence or "nc" in licence.lower().split("-") else "as the licence says"
    return {
        "name": f"own-{role}",
        "from": repository.source.origin,
        "revision": repository.commit,
        "licence": licence or "none given",
        "commercial_use": allowed,
    }
