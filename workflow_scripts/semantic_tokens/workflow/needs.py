"""What the artifacts of a condition are made from: files, and the parts of the config that determine them.

Everything here is declared to Snakemake, as an input or a parameter, so it names exactly what a step reads: no other
change may rerun the step.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from semantic_tokens.backbones.settings import ScratchBackbone
from semantic_tokens.conditions import MS_MARCO, ROUND_TRIP, Condition, Grouping
from semantic_tokens.config.backbones import can_be_grouped, gets_masked_lm_head
from semantic_tokens.config.data import UpstreamData
from semantic_tokens.config.groupings import (
    counts_tokens,
    groups_by_text,
    own_semantic_embedding,
    rows_by_text,
    settings_of,
)
from semantic_tokens.config.models import Config, HubBackbone
from semantic_tokens.config.own import languages_read
from semantic_tokens.config.shapes import shape_of
from semantic_tokens.fine_tuning.memory import host_memory
from semantic_tokens.fine_tuning.settings import Labelled
from semantic_tokens.grouping import methods
from semantic_tokens.sources import walk
from semantic_tokens.sources.fetch.registry import source
from semantic_tokens.sources.listing import FOLDERS
from semantic_tokens.sources.own.places import languages_of, local_places
from semantic_tokens.sources.own.settings import Role
from semantic_tokens.tasks import declared
from semantic_tokens.workflow.layout import Layout

Files = dict[str, str]  # by the name of the rule's input


def files_below(*paths: Path | str) -> list[list[Any]]:
    """Path, size and time of every file at the paths or below them, for a parameter: a change of one reruns a step.

    Of a link they are those of what it leads to.
    """
    files = sorted(path for start in paths for path in walk.files_below(start))
    return [[str(path), path.stat().st_size, int(path.stat().st_mtime)] for path in files]


def judged_by_dictionaries(conditions: Sequence[Condition]) -> Iterator[tuple[Condition, str, bool]]:
    """(condition of a grouping, source set, whether on held-out pairs alone) of all that dictionaries judge.

    A grouping is judged by each source set that its backbone is aligned on; after alignment, by what that very
    alignment held out. No dictionary is read that no alignment asks for.
    """
    by_grouping = {c.grouped: c for c in conditions if c.grouping.method != "full"}
    for condition in (by_grouping[name] for name in sorted(by_grouping)):
        if condition.grouping.lexicon:
            continue  # its groups are made of the dictionaries
        own = condition.source_set
        sets = {c.source_set for c in conditions if c.backbone == condition.backbone and c.source_set}
        for sources in [own] if own else sorted(sets):
            yield from ((condition, sources, held_out) for held_out in ([True] if own else [False, True]))


@dataclass(frozen=True)
class Needs:
    """What a run of this config needs, at the paths of its layout."""

    config: Config
    layout: Layout

    # Languages

    def corpus_languages(self) -> list[str]:
        """Of the text for pretraining: those of the data, unless they are given apart."""
        data = self.config.data
        return languages_read(data, "corpus") if isinstance(data, UpstreamData) else list(data.languages)

    def table_languages(self) -> list[str] | None:
        """That the tables of tasks may hold; None for any."""
        data = self.config.data
        trained_on = [MS_MARCO] if isinstance(data, UpstreamData) and data.ms_marco else []
        return None if "all" in data.languages else [*data.languages, *trained_on]

    def local_files(self, source_name: str) -> list[list[Any]]:
        """The files of a source under `local_dir`; empty without one."""
        root = self.config.local_dir
        return files_below(*(Path(root) / folder for folder in FOLDERS[source_name])) if root else []

    def own_data(self, role: Role) -> dict[str, Any]:
        """An entry of `data.own`, the languages to read, and the state of its files where they are local."""
        data = self.config.data
        assert isinstance(data, UpstreamData)
        own, languages = data.own[role], languages_read(data, role)
        places = [] if own.dataset else local_places(own, role, languages_of(own, role, languages))
        state = files_below(*(place.path for place in places))
        streamed = role == "corpus" and own.dataset is not None
        sample = [data.corpus.texts_a_language, self.config.run.seed] if streamed else None
        return {"entry": own.model_dump(mode="json"), "languages": languages, "local_files": state, "sample": sample}

    # Backbones

    def backbone(self, name: str) -> dict[str, Any]:
        """The settings of a backbone, as plain values."""
        return self.config.backbones[name].model_dump(mode="json")

    def published(self, name: str) -> dict[str, Any]:
        """Those settings that decide which checkpoint a backbone is."""
        return self._published(name).model_dump(mode="json", exclude={"masked_lm_head"})

    def finished_backbone(self, name: str) -> Files:
        """A backbone as conditions start from it: with the masked-LM head that it got, where the config makes one."""
        with_head = gets_masked_lm_head(self.config.backbones[name])
        return self.layout.backbone_with_head(name) if with_head else self.layout.backbone(name)

    def masked_lm_head(self, name: str) -> dict[str, Any]:
        """The settings of the training of a backbone's masked-LM head."""
        settings = self._published(name).masked_lm_head
        assert settings is not None
        return settings.model_dump(mode="json")

    def tokenizer(self, backbone: str) -> dict[str, Any]:
        """The settings that a from-scratch tokenizer depends on."""
        return {key: self.backbone(backbone)[key] for key in ("architecture", "vocabulary", "max_length")}

    def vocabulary_file(self, backbone: str) -> Files:
        """The real vocabulary that a from-scratch backbone is cut from; nothing where it trains its own."""
        file = self._scratch(backbone).vocabulary_file
        return {} if file is None else {"vocabulary_file": str(Path(self.config.local_dir or "") / file)}

    def own_files(self, backbone: str) -> list[list[Any]]:
        """The files of a user's own checkpoint, which the step's code does not know."""
        folder = self._published(backbone).folder
        return [] if folder is None else files_below(folder)

    def terms(self, backbone: str) -> dict[str, Any] | None:
        """The registry's entry of a published backbone: editing it makes a different backbone."""
        model = self._published(backbone).model
        return None if model is None else source(model).model_dump(mode="json")

    # Tokens

    def backbone_tokens(self, condition: Condition | str) -> Files:
        """The corpus in a backbone's own tokens: what it was trained on, or what continual pretraining reads."""
        name = condition if isinstance(condition, str) else condition.backbone
        backbone = self.config.backbones[name]
        own = backbone.pretraining if isinstance(backbone, ScratchBackbone) else self.config.pretraining
        return self.layout.token_cache(name, "full", own.sequence_length)

    def head_tokens(self, name: str) -> Files:
        """The corpus in a backbone's own tokens, for the training of its masked-LM head."""
        return self.layout.token_cache(name, "full", self.masked_lm_head(name)["sequence_length"])

    def condition_tokens(self, condition: Condition) -> Files:
        """The corpus in the tokens of a condition, for its continual pretraining."""
        length = self.config.pretraining.sequence_length
        return self.layout.token_cache(condition.backbone, condition.tokenizer, length)

    def texts(self, conditions: Iterable[Condition]) -> dict[str, Files]:
        """Backbone -> the corpus in its own tokens, of those for which a run tokenises it anyway."""
        return {c.backbone: self.backbone_tokens(c) for c in conditions if self._reads_text(c)}

    def tables(self, names: Iterable[str]) -> Files:
        """Canonical tables, by name."""
        return {name: self.layout.data(name) for name in names}

    def task_tables(self, task: str) -> Files:
        """The tables that the features of a task are made of."""
        return self.tables(declared()[task].formats)

    def own_tables(self) -> dict[str, str]:
        """Table -> the task that brings it, and reads it from a file."""
        own = {task: declared()[task].own_table for task in self.config.tasks.named()}
        return {table.name: task for task, table in own.items() if table}

    def features(self, condition: Condition, tasks: Iterable[str]) -> Files:
        """The tokenised examples of these tasks, for a condition's model."""
        place = condition.backbone, condition.tokenizer
        return {f"{task}_features": self.layout.features(*place, task) for task in tasks}

    # Alignment and grouping

    def chosen_rate(self, condition: Condition) -> Files:
        """The control is trained at the rate that CLSA chose: by how well it translates it would take the smallest."""
        if condition.alignment_method != "shuffled":
            return {}
        clsa = f"{condition.backbone}/d{condition.dim}/clsa-{condition.source_set}"
        return {"chosen_rate": self.layout.alignment_file(clsa, "history.csv")}

    def source_set(self, name: str | None) -> list[str]:
        """The dictionaries of a source set, and round-trip; none without a name."""
        return list(self.config.alignment.source_sets[name]) if name else []

    def grouping(self, condition: Condition) -> Files:
        """What a grouping method reads beside the table: text, or a dictionary, where it or its settings say so."""
        text = self.backbone_tokens(condition) if groups_by_text(self.config, condition) else {}
        return text | (self.tables(["word_pairs"]) if condition.grouping.traits.needs_dictionary else {})

    def grouping_module(self, grouping: str) -> str:
        """The module of a grouping's method, whose code decides it."""
        return methods.module_name(Grouping.parse(grouping).method)

    def grouping_settings(self, condition: Condition) -> dict[str, Any]:
        """The settings that a grouping method reads."""
        return settings_of(self.config, condition)

    def own_semantic_embedding(self, condition: Condition) -> str | None:
        """The kind of row that a condition's variant gives to groups, whatever their method says."""
        return own_semantic_embedding(self.config, condition)

    def group_rows(self, condition: Condition) -> Files:
        """The text by which the rows of groups are weighted, where they are."""
        return self.backbone_tokens(condition) if rows_by_text(self.config, condition) else {}

    # Models

    def model(self, condition: Condition) -> Files:
        """A model and what reads text for it. A backbone that cannot be grouped has no partition, and is read where it
        is."""
        tokenizer = {"tokenizer": self.layout.tokenizer(condition.backbone, condition.tokenizer)}
        return tokenizer | self.grouped_model(condition)

    def grouped_model(self, condition: Condition) -> Files:
        """A model and its partition, for features that are tokenised already."""
        if not can_be_grouped(self.config.backbones[condition.backbone]):
            return self.layout.backbone(condition.backbone)
        return self.layout.model(condition) | {"partition": self.layout.partition(condition)}

    # Exports

    def export_forms(self, condition: Condition) -> list[str]:
        """The forms that surely suit the tokenizer, since a Unigram piece cannot share its id. The third can be asked
        for by file where a backbone of the user has WordPiece."""
        backbone = self.config.backbones[condition.backbone]
        if isinstance(backbone, ScratchBackbone):
            wordpiece = backbone.architecture == "bert"
        else:
            wordpiece = backbone.model == "mbert"
        return ["expanded", "compact", *(["compact-wordpiece"] if wordpiece else [])]

    def export_card(self, condition: Condition) -> dict[str, Any]:
        """What a model card says about the config."""
        config, backbone = self.config, self.config.backbones[condition.backbone]
        pretrained = condition.pretraining == "mlm"
        trained_here = pretrained or isinstance(backbone, ScratchBackbone) or gets_masked_lm_head(backbone)
        word_pairs = self.source_set(condition.source_set)
        texts, dictionaries = list[str](), list[str]()
        if isinstance(config.data, UpstreamData):
            texts = list(config.data.corpus.sources) if trained_here else []
            dictionaries = [name for name in word_pairs if name != ROUND_TRIP]
        # The name of a user's own folder is this machine's business.
        own_folder = isinstance(backbone, HubBackbone) and backbone.folder is not None
        return {
            "run": config.run.name,
            "data": config.data.kind,
            "backbone": self.backbone(condition.backbone) | {"folder": own_folder},
            "sources": [*texts, *dictionaries],
            "word_pairs": word_pairs,
            "semantic_embedding": config.grouping.semantic_embedding,
            "pretraining": config.pretraining.model_dump(mode="json") if pretrained else None,
        }

    # Fine-tuning

    def scored(self, condition: Condition, names: str) -> Files:
        """What fine-tuning on the tasks `ner+rerank` and scoring them reads beside the model."""
        tasks = names.split("+")
        read = (name for task in tasks for name in declared()[task].score_tables)
        return self.features(condition, tasks) | self.tables(read)

    def training(self, task: str, transfer: str) -> dict[str, Any]:
        """The settings of a task's fine-tuning."""
        return self.config.tasks.named()[task].for_transfer(transfer).model_dump(mode="json")

    def limits(self, task: str) -> dict[str, int]:
        """Split -> how many examples of a task are read in each language, where it is not all.

        Of `clir` the test examples are drawn later, for they must be the same in all languages.
        """
        chosen = self.config.tasks.named().get(task)
        wanted = {getattr(chosen, "train_split", "train"): getattr(chosen, "train_examples", None)}
        if isinstance(chosen, Labelled):
            wanted[self.config.run.evaluation_split] = chosen.test_examples
        return {split: n for split, n in wanted.items() if n is not None}

    def left_out(self, task: str) -> list[str]:
        """Splits of a task that are not read: the usual one to train on, where the config names another."""
        chosen = self.config.tasks.named().get(task)
        return ["train"] if getattr(chosen, "train_split", "train") != "train" else []

    def encoding(self, task: str) -> dict[str, Any]:
        """The settings that the features of a task depend on."""
        chosen = self.config.tasks.named()[task]
        return chosen.model_dump(mode="json", include={*chosen.encodes})

    def table_mb(self, condition: Condition) -> int:
        """Size of the table of embeddings, in MB."""
        return self.config.backbones[condition.backbone].vocabulary * condition.dim * 4 // 10**6

    def update_memory(self, condition: Condition) -> int:
        """Bytes that fine-tuning may take where it computes on the CPU. A retry, which asks for more, computes
        the same."""
        return host_memory(shape_of(self.config.backbones[condition.backbone]), condition.dim)

    def update_mb(self, condition: Condition) -> int:
        """The same in MB."""
        return self.update_memory(condition) // 10**6

    def _reads_text(self, condition: Condition) -> bool:
        scratch = isinstance(self.config.backbones[condition.backbone], ScratchBackbone)
        trained = condition.pretraining == "mlm" and condition.tokenizer == "full"
        return scratch or trained or counts_tokens(self.config, condition)

    def _scratch(self, name: str) -> ScratchBackbone:
        backbone = self.config.backbones[name]
        assert isinstance(backbone, ScratchBackbone)
        return backbone

    def _published(self, name: str) -> HubBackbone:
        backbone = self.config.backbones[name]
        assert isinstance(backbone, HubBackbone)
        return backbone
