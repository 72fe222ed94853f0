"""reference/deviations.yaml: where this project differs from the paper, and how it fills gaps in the paper."""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from semantic_tokens.errors import InputError


class Deviation(BaseModel):
    """What the paper says and where (`place`), what is done here, why, and the config keys and modules that do it.

    differs: a departure from what the paper says; otherwise the paper leaves it open.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    key: str
    paper: str
    place: str
    ours: str
    why: str
    differs: bool = False
    config: list[str] = []
    modules: list[str] = []


def read_deviations(path: Path) -> list[Deviation]:
    """The entries of the file in their order. InputError names the entry and what is wrong with it."""
    try:
        entries = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; it should list the deviations") from None
    found: dict[str, Deviation] = {}
    for number, entry in enumerate(entries, 1):
        try:
            deviation = Deviation.model_validate(entry)
        except ValidationError as error:
            first = error.errors()[0]
            raise InputError(f"{path}: entry {number}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
        if deviation.key in found:
            raise InputError(f"{path}: entry {number}: key {deviation.key!r} appears twice")
        found[deviation.key] = deviation
    return list(found.values())
