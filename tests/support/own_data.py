"""Entries of `data.own` and the files that they name."""

import json
from pathlib import Path

from semantic_tokens.sources.own.obtain import Access, obtain
from semantic_tokens.sources.own.settings import OwnSet

NLI = {"premise": "It rains.", "hypothesis": "It is wet.", "label": "entailment"}


def record(folder: Path, role: str, of_data=("en",), /, mirror: str | None = None, offline=False, **entry) -> Path:
    """The record of an entry, written to the folder, under which downloads land as well. of_data: `data.languages`."""
    folder.mkdir(parents=True, exist_ok=True)
    own = OwnSet.model_validate(entry).model_dump(mode="json")
    path = folder / f"own-{role}.json"
    found = obtain(role, own, list(of_data), "test", Access(folder / "resources", mirror, offline))
    path.write_text(json.dumps(found), encoding="utf-8")
    return path


def lines(path: Path, *rows: dict) -> None:
    """JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
