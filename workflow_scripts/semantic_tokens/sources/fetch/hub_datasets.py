"""Data sets of the hub: which commit a revision is, and which files are of which config and split.

The library `datasets` decides the second, from the names of the files and from the card; it sees a copy of the
repository in which all files but the card are empty. So it downloads nothing itself: every byte comes through `hub`,
with its checksums, mirror, offline mode and messages.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial as bound
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from huggingface_hub import DatasetCard, HfApi, constants

from semantic_tokens.errors import InputError
from semantic_tokens.sources.fetch.hub import access, fetch_from_hub, list_files
from semantic_tokens.sources.fetch.hub_errors import explained
from semantic_tokens.sources.fetch.landing import inside, keep
from semantic_tokens.sources.fetch.registry import Facts, Source
from semantic_tokens.sources.fetch.remote_files import Listing
from semantic_tokens.sources.fetch.retries import persistently

CARD = "README.md"


@dataclass(frozen=True)
class Subset:
    """A config: split -> paths in the repository, and what its features say of each column, as `datasets` writes it."""

    splits: dict[str, list[str]]
    features: dict[str, Any]


class Repository:
    """A data set at a commit, in `<resources>/<owner>--<name>/<commit>`, as far as its files were fetched."""

    def __init__(self, name: str, revision: str, resources: Path, mirror: str | None, offline: bool) -> None:
        """Raises InputError for a revision that the repository lacks, or that was never asked for while `offline`."""
        self.name, self.mirror, self.offline = name, mirror, bool(offline or constants.HF_HUB_OFFLINE)
        home = resources / name.replace("/", "--")
        self.commit = self._commit(revision, home / "revisions" / revision.replace("/", "--"))
        self.folder = home / self.commit
        self.source = _source(name, self.commit)
        self.listing: Listing = list_files(self.source, self.folder, mirror, self.offline)

    def fetch(self, path: str) -> Path:
        """The file, downloaded if it is not there. Raises InputError as `fetch_from_hub`."""
        facts: Facts = self.listing[path]
        return fetch_from_hub(self.source.remote(path, facts), self.folder, self.mirror, self.offline)

    def licence(self) -> str:
        """What the card says; empty where it says nothing."""
        if CARD not in self.listing:
            return ""
        try:
            text = self.fetch(CARD).read_text(encoding="utf-8")
            found = DatasetCard(text, ignore_metadata_errors=True).data.get("license")
        except (ValueError, UnicodeDecodeError) as error:
            raise InputError(f"{self.folder / CARD}: the card cannot be read ({_short(error)})") from None
        return ", ".join(found) if isinstance(found, list) else found or ""

    def subsets(self, configs: list[str | None]) -> dict[str | None, Subset]:
        """These configs; None is the default one. Raises InputError listing the configs for one that is not there."""
        with _skeleton(self) as skeleton:
            return _subsets(skeleton, configs, f"dataset {self.name}, revision {self.commit}")

    def _commit(self, revision: str, kept: Path) -> str:
        if re.fullmatch("[0-9a-f]{40}", revision):
            return revision
        if self.offline:
            if not kept.exists():
                raise InputError(f"{kept}: {self.name} was never asked for at {revision!r}, and downloads are off")
            return kept.read_text(encoding="utf-8")
        commit: str = persistently(bound(_ask_commit, self.name, revision, self.mirror), self.name, 1.0)
        keep(commit, kept)
        return commit


def _ask_commit(name: str, revision: str, mirror: str | None) -> str:
    with explained(name, "dataset", revision, ""):
        found = HfApi(**access(mirror)).dataset_info(name, revision=revision).sha
    if not found:
        raise InputError(f"dataset {name}, revision {revision}: the hub names no commit of it")
    return found


def _source(name: str, commit: str) -> Source:
    terms = {"licence": "", "commercial_use": False, "citation_key": "", "citation": ""}
    return Source.model_validate({"name": name, "from": f"dataset:{name}", "revision": commit, "files": [], **terms})


@contextmanager
def _skeleton(repository: Repository) -> Iterator[Path]:
    """A folder with the card and an empty file for each other one; without scripts, which nothing would run."""
    with TemporaryDirectory(prefix="data-set-") as root:
        folder = Path(root) / repository.name.partition("/")[2]
        for path in (path for path in repository.listing if not path.endswith(".py")):
            place = inside(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch()
        if CARD in repository.listing:
            (folder / CARD).write_bytes(repository.fetch(CARD).read_bytes())
        yield folder


def _subsets(folder: Path, configs: list[str | None], what: str) -> dict[str | None, Subset]:
    from datasets import (  # seconds to import
        get_dataset_config_names,
        get_dataset_default_config_name,
        load_dataset_builder,
    )

    try:
        known = get_dataset_config_names(str(folder))
        for config in configs:
            if config not in known and (config is not None or get_dataset_default_config_name(str(folder)) is None):
                lacking = "default config" if config is None else f"config {config!r}"
                raise InputError(f"{what}: no {lacking}; there are {', '.join(known)}")
        with TemporaryDirectory(prefix="builder-") as cache:
            builders = {config: load_dataset_builder(str(folder), config, cache_dir=cache) for config in configs}
        return {config: _subset(folder, builder) for config, builder in builders.items()}
    except InputError:
        raise
    except (ValueError, OSError) as error:  # no data files, none of a known kind, or no default config
        raise InputError(f"{what}: {_short(error).replace(str(folder), 'the repository')}") from None


def _subset(folder: Path, builder: Any) -> Subset:
    root = folder.resolve()
    files: Mapping[str, list[str]] = builder.config.data_files or {}
    splits = {str(split): [Path(path).relative_to(root).as_posix() for path in files[split]] for split in files}
    return Subset(splits, builder.info.features.to_dict() if builder.info.features else {})


def _short(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
