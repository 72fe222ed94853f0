"""Which of the publishers' files a run reads: only what a condition or task of some study needs is downloaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from semantic_tokens.backbones.settings import ScratchBackbone
from semantic_tokens.conditions import Condition
from semantic_tokens.config.data import UpstreamData
from semantic_tokens.config.found import tasks_found
from semantic_tokens.config.groupings import counts_tokens
from semantic_tokens.config.models import Config
from semantic_tokens.config.own import sources_of
from semantic_tokens.config.selected import transfers
from semantic_tokens.config.types import ALL
from semantic_tokens.errors import InputError
from semantic_tokens.sources.listing import OWN, is_own, own_source
from semantic_tokens.tasks import declared

_COLLECTION = ("queries", "qrels", "passages")


@dataclass(frozen=True)
class Upstream:
    """Sources and canonical tables of a config with upstream data, for the conditions of its studies."""

    config: Config
    data: UpstreamData
    conditions: Sequence[Condition]

    @property
    def tasks(self) -> set[str]:
        """Tasks that some study scores."""
        return set(self._transfers)

    @property
    def _transfers(self) -> dict[str, set[str]]:
        return transfers(self.config)

    @property
    def sources(self) -> set[str]:
        """Sources that the run reads."""
        read = (sources_of(declared()[task], self.data, under) for task, under in self._transfers.items())
        found = {name for own in read for name in own}
        texts = self.of_corpus if self._reads_text() else []
        words = self.of_dictionaries if any(c.alignment != "none" for c in self.conditions) else []
        return {*found, *texts, *words, *self._ms_marco()}

    @property
    def of_corpus(self) -> list[str]:
        """Sources of text."""
        return [own_source("corpus") if name == OWN else name for name in self.data.corpus.sources]

    @property
    def of_dictionaries(self) -> list[str]:
        """Sources of word pairs."""
        return [own_source("dictionaries") if name == OWN else name for name in self.data.dictionaries]

    @property
    def of_collection(self) -> list[str]:
        """Sources of queries, judgements and passages, in the order in which they are read."""
        return [*sources_of(declared()["retrieval"], self.data), *self._ms_marco()]

    @property
    def of_tables(self) -> dict[str, tuple[str, ...]]:
        """Canonical table -> its sources, of tasks with a table of their own; the others share the collection."""
        single = [task for task in declared().values() if task.sources and len(task.formats) == 1]
        return {
            table: sources_of(task, self.data, self._transfers.get(task.name, ()))
            for task in single
            for table in task.formats
        }

    @property
    def tables(self) -> list[str]:
        """Canonical tables of the target `data`."""
        studied = {name for task in self.tasks for name in declared()[task].formats}
        return ["corpus", "word_pairs", *(name for name in (*self.of_tables, *_COLLECTION) if name in studied)]

    @property
    def notes(self) -> list[str]:
        """Of what this run reads, the names under which is noted which rows were left out."""
        read = {table for table in self.of_tables if table in self.tables}
        texts = ["corpus"] if self._reads_text() else []
        words = ["word_pairs"] if any(c.alignment != "none" for c in self.conditions) else []
        collection = ["collection"] if {*_COLLECTION} & {*self.tables} else []
        return [*texts, *words, *sorted(read), *collection]

    def require_languages(self) -> None:
        """Raises InputError for languages that are listed and that no file under `local_dir` which the run reads is in.

        A file that may hold several languages counts for all of them, and the user's own data is not looked into.
        """
        from semantic_tokens.sources.catalogue import LOADERS, local_folder  # parsers: loaded only where they are asked

        listed = [lang for lang in self.data.languages if lang != ALL]
        if self.config.local_dir is None or not listed or any(map(is_own, self.sources)):
            return
        root = Path(self.config.local_dir)
        files = [file for source in sorted(self.sources) for file in LOADERS[source](local_folder(source, root))]
        found = {lang for file in files for lang in file.lang.split("+")}
        if lacking := [lang for lang in listed if lang not in found]:
            raise InputError(
                f"data.languages: no file under local_dir = {str(root)!r} is in {', '.join(lacking)}; "
                f"found: {', '.join(sorted(found))}"
            )

    @property
    def notices(self) -> list[str]:
        """What to say when a run starts: the user's data that no study scores."""
        unstudied = [str(found) for found in tasks_found(self.config) if found.task not in self.tasks]
        return [f"tasks that no study scores: {', '.join(unstudied)}"] if unstudied else []

    def _reads_text(self) -> bool:
        trained = any(isinstance(backbone, ScratchBackbone) for backbone in self.config.backbones.values())
        return trained or any(c.pretraining == "mlm" or counts_tokens(self.config, c) for c in self.conditions)

    def _ms_marco(self) -> list[str]:
        return ["msmarco"] * any(study.transfer == "ms-marco" for study in self.config.studies.values())
