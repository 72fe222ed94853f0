"""What `all` means in a config: what is found under `local_dir`, or everything that another section names."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from semantic_tokens.conditions import ROUND_TRIP
from semantic_tokens.config import discover
from semantic_tokens.config.data import UpstreamData
from semantic_tokens.config.models import Config, Study
from semantic_tokens.config.own import role_of
from semantic_tokens.config.types import ALL
from semantic_tokens.sources.listing import CORPORA, DICTIONARIES, OWN
from semantic_tokens.tasks import declared


def fill_in(config: Config) -> Config:
    """The config with every `[all]` replaced: sources and tasks by those found under `local_dir`, a source set by
    `data.dictionaries`. The languages stay `[all]`: the loaders find them. Without `local_dir`, `[all]` tasks are
    those of `tasks`, and `[all]` sources are left for the contradictions to report. Tasks that a study's transfer does
    not allow are left out of its `[all]`.
    """
    data = config.data
    if isinstance(data, UpstreamData) and config.local_dir is not None:
        root = Path(config.local_dir)
        corpus = data.corpus.model_copy(
            update={"sources": _filled(data.corpus.sources, lambda: discover.sources(CORPORA, root))}
        )
        dictionaries = _filled(data.dictionaries, lambda: discover.sources(DICTIONARIES, root))
        data = data.model_copy(update={"corpus": corpus, "dictionaries": dictionaries})
    sets = {name: _with_dictionaries(given, data.dictionaries) for name, given in config.alignment.source_sets.items()}
    alignment = config.alignment.model_copy(update={"source_sets": sets})
    if any(ALL in study.tasks for study in config.studies.values()):
        found = [entry.task for entry in tasks_found(config) if not entry.lacks]
        studies = {name: _with_tasks(study, found) for name, study in config.studies.items()}
        config = config.model_copy(update={"studies": studies})
    return config.model_copy(update={"data": data, "alignment": alignment})


def tasks_found(config: Config) -> list[discover.Found]:
    """The tasks of the config, each with what it lacks under `local_dir`: nothing where there is none."""
    named = list(config.tasks.named())
    if config.local_dir is None or not isinstance(config.data, UpstreamData):
        return [discover.Found(task, "") for task in named]
    theirs = [task for task in named if role_of(declared()[task]) not in config.data.own]
    found = {entry.task: entry for entry in discover.tasks(theirs, Path(config.local_dir))}
    return [found.get(task, discover.Found(task, "")) for task in named]


def _filled(names: Iterable[str], find: Callable[[], list[str]]) -> list[str]:
    names = list(names)
    return [*find(), *(name for name in names if name == OWN)] if ALL in names else names


def _with_dictionaries(names: Sequence[str], dictionaries: Iterable[str]) -> list[str]:
    """`all` in a source set means the dictionaries; round-trip is not one, and stays next to them."""
    return [*dictionaries, *(name for name in names if name == ROUND_TRIP)] if ALL in names else list(names)


def _with_tasks(study: Study, found: list[str]) -> Study:
    allowed = [task for task in found if declared()[task].allows(study.transfer)]
    return study.model_copy(update={"tasks": allowed}) if ALL in study.tasks else study
