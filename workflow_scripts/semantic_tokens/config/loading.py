"""Load a config: check all of it before anything runs, and report everything that is wrong in one message."""

import reprlib
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from pydantic import ValidationError

from semantic_tokens.config.contradictions import contradictions
from semantic_tokens.config.found import fill_in
from semantic_tokens.config.models import Config
from semantic_tokens.config.origin import Layer, origin
from semantic_tokens.config.problems import ABSENT, KeyPath
from semantic_tokens.config.wording import problem
from semantic_tokens.errors import InputError


class _Brief(reprlib.Repr):
    """The beginning of a value, which YAML's aliases may make endless when it is written out."""

    def repr_dict(self, x: dict[Any, Any], level: int) -> str:
        """In the order given, where `reprlib` sorts."""
        shown = islice(x.items(), self.maxdict if level > 0 else 0)
        pairs = (f"{self.repr1(key, level - 1)}: {self.repr1(value, level - 1)}" for key, value in shown)
        return "{" + ", ".join(pairs) + "}"


_BRIEF = _Brief()
_BRIEF.maxlevel = 4
_BRIEF.maxdict = _BRIEF.maxlist = 20
_BRIEF.maxstring = _BRIEF.maxlong = _BRIEF.maxother = 80


def load(mapping: Mapping[str, Any], given: Sequence[Layer] = ()) -> Config:
    """Check a config as read from YAML. InputError lists every problem, one line each, as `file: key = value: rule`: of
    the files in `given`, which it was put together from, the one that decides the key (`origin`).

    Contradictions between sections are looked for once each section is right by itself, and `[all]` is filled in.
    """
    try:
        config = fill_in(Config.model_validate(mapping))
    except ValidationError as error:
        raise InputError("\n".join(_line(given, *problem(detail)) for detail in error.errors())) from None
    problems = list(contradictions(config))
    if problems:
        raise InputError("\n".join(_line(given, *found) for found in problems))
    return config


def _line(given: Sequence[Layer], path: KeyPath, value: object, rule: str) -> str:
    source = origin(path, given)
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
    found = "" if value is ABSENT else f" = {_short(value)}"
    return f"{source}: {key}{found}: {rule}" if key else f"{source}: {rule}"


def _short(value: object) -> str:
    text = _BRIEF.repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
