"""What a config asks for: the conditions of its studies and analyses, and every unit to run."""

from itertools import chain
from typing import Protocol

from semantic_tokens.conditions import Condition, Unit, expand
from semantic_tokens.config.models import Config


class Analysed(Protocol):
    """A study, or the section of a sibling paper."""

    @property
    def conditions(self) -> list[str]: ...


def conditions(section: Analysed) -> list[Condition]:
    """The conditions of a study or an analysis in the order written, each once."""
    return list(dict.fromkeys(chain.from_iterable(map(expand, section.conditions))))


def analysed(config: Config, sibling: str) -> list[Condition]:
    """The conditions that a sibling analyses; none where the config lacks its section."""
    section = getattr(config, sibling)
    return [] if section is None else conditions(section)


def inspected(config: Config) -> list[Condition]:
    """The groupings that are looked into without being scored; none where the config lacks the section."""
    return [] if config.inspection is None else conditions(config.inspection)


def units(config: Config) -> dict[Condition, dict[Unit, tuple[str, ...]]]:
    """Every unit to run under every condition, each once, with the names of the studies that need it.

    Order: as the studies, their conditions, tasks and seeds are first written.
    """
    wanted: dict[Condition, dict[Unit, tuple[str, ...]]] = {}
    for name, study in config.studies.items():
        for condition in conditions(study):
            by_unit = wanted.setdefault(condition, {})
            for unit in (Unit(task, study.transfer, seed) for task in study.tasks for seed in study.seeds):
                by_unit[unit] = (*by_unit.get(unit, ()), name)
    return wanted


def transfers(config: Config) -> dict[str, set[str]]:
    """Task -> the transfers that studies score it under."""
    found: dict[str, set[str]] = {}
    for study in config.studies.values():
        for task in study.tasks:
            found.setdefault(task, set()).add(study.transfer)
    return found
