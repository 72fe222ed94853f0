"""The sibling papers: each sibling can be deleted without a trace in the rest.

The sibling x is this package's `x`, the rules `rules/siblings/x.smk` with their steps in `steps/siblings/x`, the tests
`tests/siblings/x`, the page `docs/x.md`, its costs `estimate/formulas/siblings/x.py` and one `include:` in the
Snakefile. x is also the name of its section in the config, of its target, its table and its page. `x/__init__.py` holds
SIBLING, all else that the project reads of a sibling; importing it imports neither torch nor matplotlib.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from semantic_tokens.analysis.before_after import Panels
from semantic_tokens.config.problems import Problem
from semantic_tokens.config.types import Section


@dataclass(frozen=True)
class Sibling:
    """What the project reads of a sibling.

    settings      the section of the config; it has `conditions`, the models that are analysed
    asks_for      the section's description in docs/config.md
    shows         what the page shows, behind the link to it
    problems      (section, config) -> what contradicts the rest of the config, which is valid by itself
    beside_scores what of its table the page of `before_after` compares with scores
    opens_with    measure -> title: what the run's page shows of a backbone whose groups it opens with
    """

    settings: type[Section]
    asks_for: str
    shows: str
    problems: Callable[[Any, Any], Iterable[Problem]]
    beside_scores: Panels | None = None
    opens_with: Mapping[str, str] = field(default_factory=dict)


@cache
def found() -> dict[str, Sibling]:
    """The siblings that are there, by name, in alphabetical order."""
    return {name: _load(name) for name in sorted(_names())}


def _names() -> Iterator[str]:
    return (module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)


def _load(name: str) -> Sibling:
    sibling: Sibling = importlib.import_module(f"{__name__}.{name}").SIBLING
    return sibling
