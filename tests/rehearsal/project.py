"""The copy of the project that a rehearsal runs in: its registry names the stand-ins, its config is the paper's, cut.

The library has no switch to accept files other than upstream's; the copy has its own registry and downloads. Stand-ins
are at the revision 0000..., which the page and the table of sources show."""

import copy
import csv
import fnmatch
import shutil
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from rehearsal.data import WRITERS
from rehearsal.hub import files_of, served
from semantic_tokens import siblings
from semantic_tokens.conditions import expand
from semantic_tokens.sources.fetch.registry import Source
from support.running import PARTS, ROOT, copy_project

REVISION = "0" * 40
OVERLAY = Path(__file__).parent / "overlay.yaml"
SOURCES = Path("workflow_scripts/semantic_tokens/sources/fetch")
ANALYSES = tuple(siblings.found())
SECTIONS = ("studies", *ANALYSES)


def write_project(folder: Path, upstream: Path) -> dict[str, Source]:
    """The tracked parts of the project in `folder`, the results there left alone; the sources of its registry."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        shutil.rmtree(folder / part, ignore_errors=True)
    copy_project(folder)
    entries = yaml.safe_load((ROOT / SOURCES / "registry.yaml").read_text(encoding="utf-8"))
    entries = {name: entry | {"revision": REVISION} for name, entry in entries.items()}
    (folder / SOURCES / "registry.yaml").write_text(
        yaml.safe_dump(entries, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    sources = {name: Source(name=name, **entry) for name, entry in entries.items()}
    with (ROOT / SOURCES / "checksums.tsv").open(encoding="utf-8", newline="") as handle:
        pinned = dict.fromkeys(row["source"] for row in csv.DictReader(handle, delimiter="\t"))
    with (folder / SOURCES / "checksums.tsv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, delimiter="\t", lineterminator="\n")
        writer.writerow(["source", "path", "size", "checksum"])
        for name in (name for name in pinned if name in WRITERS):  # of checkpoints the hub names them
            found = {path: served(upstream / name / path) for path in files_of(upstream / name)}
            writer.writerows([name, path, file.size, f"sha256:{file.sha256}"] for path, file in found.items())
    return sources


def config(part: str) -> dict[str, Any]:
    """The paper's config as this part of the rehearsal runs it."""
    paper = yaml.safe_load((ROOT / "configs/paper.yaml").read_text(encoding="utf-8"))
    overlay = yaml.safe_load(OVERLAY.read_text(encoding="utf-8"))
    changed = merged(paper, overlay["changes"])
    rehearsed = changed
    for entry in overlay["left_out"]:
        rehearsed = without(rehearsed, entry["conditions"], entry.get("of", SECTIONS))
    if part != "all":
        rehearsed = only(merged(rehearsed, overlay["parts"][part]["changes"]), overlay["parts"][part]["conditions"])
    return without_unused_backbones(rehearsed)


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the values of `changes`, key by key below each section; a list takes a list's place, null removes."""
    result = copy.deepcopy(dict(base))
    for key, value in changes.items():
        if value is None:
            del result[key]
        elif isinstance(value, Mapping) and isinstance(result.get(key), Mapping):
            result[key] = merged(result[key], value)
        else:
            result[key] = copy.deepcopy(value)
    return result


def without(config: Mapping[str, Any], patterns: Iterable[str], of: Collection[str] = SECTIONS) -> dict[str, Any]:
    """The config without the conditions that match a pattern, and without the studies and analyses that lose all.

    of: the sections of the config that lose them.

    Raises ValueError for a pattern that matches nothing: what is said to be left out must have been there.
    """
    return _filtered(config, list(patterns), of, keep=False)


def only(config: Mapping[str, Any], patterns: Iterable[str]) -> dict[str, Any]:
    """The config with no condition but those that match a pattern; otherwise as `without`."""
    return _filtered(config, list(patterns), SECTIONS, keep=True)


def _filtered(config: Mapping[str, Any], patterns: list[str], of: Collection[str], keep: bool) -> dict[str, Any]:
    result, unmatched = copy.deepcopy(dict(config)), set(patterns)
    for section in with_conditions(result, of):
        found = list(dict.fromkeys(str(c) for pattern in section["conditions"] for c in expand(pattern)))
        matches = {c: [pattern for pattern in patterns if fnmatch.fnmatchcase(c, pattern)] for c in found}
        unmatched -= {pattern for matching in matches.values() for pattern in matching}
        section["conditions"] = [c for c in found if bool(matches[c]) == keep]
    if unmatched:
        raise ValueError(f"{OVERLAY}: no condition is like {', '.join(sorted(unmatched))}")
    result["studies"] = {name: study for name, study in result["studies"].items() if study["conditions"]}
    empty = [name for name in ANALYSES if name in result and not result[name]["conditions"]]
    return {key: value for key, value in result.items() if key not in empty}


def with_conditions(config: Mapping[str, Any], of: Collection[str] = SECTIONS) -> list[dict[str, Any]]:
    """The studies and analyses of these sections."""
    studies = list(config["studies"].values()) if "studies" in of else []
    return [*studies, *(config[name] for name in ANALYSES if name in of and name in config)]


def without_unused_backbones(config: Mapping[str, Any]) -> dict[str, Any]:
    """The config without the backbones that no condition names."""
    result = dict(config)
    named = [condition for section in with_conditions(result) for condition in section["conditions"]]
    used = {condition.partition("/")[0] for condition in [*named, *result.get("exports", [])]}
    result["backbones"] = {name: entry for name, entry in result["backbones"].items() if name in used}
    return result
