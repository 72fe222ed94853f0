"""What is wrong between the sections of a config, each of which is right by itself."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from semantic_tokens import siblings
from semantic_tokens.backbones.settings import ScratchBackbone
from semantic_tokens.conditions import AS_IS, ROUND_TRIP, Condition, expand, n_groups
from semantic_tokens.config import own
from semantic_tokens.config.backbones import can_be_grouped, can_be_pretrained, folder_problems, needless_heads
from semantic_tokens.config.data import UpstreamData, WorldData
from semantic_tokens.config.found import tasks_found
from semantic_tokens.config.groupings import settings_of
from semantic_tokens.config.models import Config, Study, Variant
from semantic_tokens.config.problems import KeyPath, Problem
from semantic_tokens.config.selected import analysed, conditions, inspected, transfers
from semantic_tokens.config.types import ALL
from semantic_tokens.sources.listing import FOLDERS, LOCAL_ONLY, OWN, is_own
from semantic_tokens.tasks import declared

_BARE_ADDRESS = r"https?://[^\s@?#]+"
N_SPECIAL_TOKENS = 5  # BERT: [PAD] [UNK] [CLS] [SEP] [MASK]; XLM-R: <s> <pad> </s> <unk> <mask>


def contradictions(config: Config) -> Iterator[Problem]:
    """Every one of them, in the order in which they are looked for."""
    yield from _task_contradictions(config)
    yield from _bundle_contradictions(config)
    yield from _data_contradictions(config)
    if config.run.seed in config.grouping.stability_seeds:
        yield (
            ("grouping", "stability_seeds"),
            config.grouping.stability_seeds,
            f"must not contain run.seed = {config.run.seed}",
        )
    for name, sources in config.alignment.source_sets.items():
        if list(sources) == [ROUND_TRIP]:
            yield ("alignment", "source_sets", name), sources, "must name a dictionary too; round-trip has none"
        for source in sources:
            if source != ROUND_TRIP and source not in config.data.dictionaries:
                known = ", ".join(config.data.dictionaries)
                yield ("alignment", "source_sets", name), source, f"must be in data.dictionaries: {known}"
    yield from _lexicon_contradictions(config)
    for name, study in config.studies.items():
        yield from _study_contradictions(config, study, ("studies", name))
    for role, backbone in config.claims.stands_for.items():
        if backbone not in config.backbones:
            yield ("claims", "stands_for", role), backbone, f"must be in backbones: {', '.join(config.backbones)}"
    for name in config.claims.measured_by:
        if getattr(config, name) is None:
            yield ("claims", "measured_by"), name, f"the config has no section {name!r}, which says what to measure"
    for condition in inspected(config):
        for rule in (*_inspection_contradictions(condition), *condition_problems(config, condition, ())):
            yield ("inspection", "conditions"), str(condition), rule
    for condition in chain.from_iterable(map(expand, config.exports)):
        for rule in condition_problems(config, condition, ()):
            yield ("exports",), str(condition), rule
    for name, sibling in siblings.found().items():
        section = getattr(config, name)
        if section is not None:
            yield from sibling.problems(section, config)
            for condition in analysed(config, name):
                for rule in _analysed_contradictions(config, condition):
                    yield (name, "conditions"), str(condition), rule


def _inspection_contradictions(condition: Condition) -> Iterator[str]:
    if condition.grouping.method == "full":
        yield "must merge the vocabulary: inspection looks into groups"
    if condition.pretraining != "none":
        yield "must end in /none: groups are those before continual pretraining"


def _variant_contradictions(config: Config, condition: Condition) -> Iterator[str]:
    """A setting that the method does not read would make one condition under two names. Parts are equally wide."""
    name, traits = condition.grouping.variant, condition.grouping.traits
    if name is not None and name not in config.grouping.variants:
        known = ", ".join(config.grouping.variants) or "none defined"
        yield f"variant {name!r} must be in grouping.variants: {known}"
        return
    parts = settings_of(config, condition)["parts"] if traits.composes_rows else 1
    if condition.dim % parts:
        yield f"parts = {parts} must divide d{condition.dim}"
    if name is None:
        return
    read = [key for key in traits.settings.model_fields if key in Variant.model_fields] if traits.settings else []
    for key in config.grouping.variants[name].given:
        if key not in (*read, "semantic_embedding"):
            method = condition.grouping.method.partition("+")[0]
            allowed = ", ".join([*read, "semantic_embedding"])
            yield f"grouping.variants.{name} sets {key}, which {method} does not read; allowed: {allowed}"


def _analysed_contradictions(config: Config, condition: Condition) -> Iterator[str]:
    """As of any condition, but a backbone that cannot be grouped may be analysed as it is."""
    backbone = config.backbones.get(condition.backbone)
    if backbone is None or can_be_grouped(backbone):
        yield from condition_problems(config, condition, ())
    elif str(condition) != f"{condition.backbone}/d{backbone.dim}/none/full/none":
        as_it_is = f"{condition.backbone}/d{backbone.dim}/none/full/none"
        yield f"is a decoder or encoder-decoder, so only {as_it_is} can be analysed"


def _lexicon_contradictions(config: Config) -> Iterator[Problem]:
    for name, lexicon in config.grouping.lexicons.items():
        path = ("grouping", "lexicons", name)
        for source in lexicon.sources:
            if source not in config.data.dictionaries:
                yield (*path, "sources"), source, f"must be in data.dictionaries: {', '.join(config.data.dictionaries)}"
        for language in lexicon.languages or ():
            if not {language, ALL} & set(config.data.languages):
                yield (*path, "languages"), language, f"must be in data.languages: {', '.join(config.data.languages)}"


def _data_contradictions(config: Config) -> Iterator[Problem]:
    if config.local_dir is not None and not Path(config.local_dir).is_dir():
        yield ("local_dir",), config.local_dir, "must be a folder"
    elif config.local_dir is not None and isinstance(config.data, UpstreamData):
        yield from _missing_folders(config, config.data, Path(config.local_dir))
    if config.mirror is not None and not re.fullmatch(_BARE_ADDRESS, config.mirror):
        rule = "must be http(s)://host/path, without a user name, a password or a query, which messages would repeat"
        yield ("mirror",), "(not shown)", rule
    if isinstance(config.data, UpstreamData) and config.local_dir is None:
        corpus, dictionaries = config.data.corpus.sources, config.data.dictionaries
        for path, sources in ((("data", "corpus", "sources"), corpus), (("data", "dictionaries"), dictionaries)):
            if ALL in sources:
                yield path, sources, "must be listed, unless local_dir is set"
            if local := [source for source in sources if source in LOCAL_ONLY]:
                yield path, local, "can only be read from local_dir, which is not set"
        if ALL in config.data.languages:
            yield ("data", "languages"), config.data.languages, "must be listed, unless local_dir is set"
    if isinstance(config.data, UpstreamData) and (config.data.collection == "sampled") != bool(config.data.distractors):
        rule = f"is required with `collection: sampled`, and only then; data.collection is {config.data.collection!r}"
        yield ("data", "distractors"), config.data.distractors, rule
    if isinstance(config.data, UpstreamData):
        yield from own.problems(config.data, config.run.evaluation_split)
    yield from folder_problems(config)
    yield from needless_heads(config)
    for name, backbone in config.backbones.items():
        if isinstance(backbone, ScratchBackbone) and backbone.vocabulary_file and config.local_dir is None:
            yield (
                ("backbones", name, "vocabulary_file"),
                backbone.vocabulary_file,
                "is read from local_dir, which is not set",
            )


def _missing_folders(config: Config, data: UpstreamData, root: Path) -> Iterator[Problem]:
    """Every source that the config reads and that is not under `local_dir`; `[all]` that came to nothing."""
    if not data.corpus.sources:
        yield ("data", "corpus", "sources"), [ALL], f"found no text under local_dir = {str(root)!r} (docs/data.md)"
    aligned = {c.alignment for study in config.studies.values() for c in conditions(study)} - {"none"}
    if aligned and not data.dictionaries:
        rule = f"found no dictionary under local_dir = {str(root)!r}, to align {', '.join(sorted(aligned))} on"
        yield ("data", "dictionaries"), [ALL], rule
    for name, study in config.studies.items():
        if not study.tasks:
            lacking = ", ".join(map(str, tasks_found(config)))
            yield ("studies", name, "tasks"), [ALL], f"found no task data under local_dir = {str(root)!r}: {lacking}"
    wanted: dict[KeyPath, Iterable[str]] = {("data", "corpus", "sources"): data.corpus.sources}
    wanted[("data", "dictionaries")] = data.dictionaries
    for task, under in sorted(transfers(config).items()):
        wanted["tasks", task] = own.sources_of(declared()[task], data, under)
    for path, sources in wanted.items():
        for source in sources:
            if source == OWN or is_own(source):
                continue  # looked for where its entry says
            if not any((root / folder).is_dir() for folder in FOLDERS[source]):
                expected = " or ".join(f"{folder}/" for folder in FOLDERS[source])
                yield path, source, f"is read from local_dir = {str(root)!r}, which has no {expected}"


def _task_contradictions(config: Config) -> Iterator[Problem]:
    tasks = config.tasks
    sizes = config.data.sizes if isinstance(config.data, WorldData) else None
    for task, settings in tasks.named().items():
        items = declared()[task].items
        if sizes is not None and items is not None and items not in sizes:
            yield ("data", "sizes"), list(sizes), f"must contain {items!r}, which the task {task!r} needs"
        for split in ("train", "test"):
            examples = getattr(settings, f"{split}_examples", None)
            if sizes is not None and examples is not None:
                rule = f"must be absent when data.kind is world; set data.sizes.{items}.{split} instead"
                yield ("tasks", task, f"{split}_examples"), examples, rule
        if getattr(settings, "train_split", None) == config.run.evaluation_split:
            rule = "must not be run.evaluation_split, which is scored"
            yield ("tasks", task, "train_split"), config.run.evaluation_split, rule
    if tasks.rerank is not None and tasks.rerank.group_size > config.data.bm25_candidates:
        at_most = f"must be at most data.bm25_candidates = {config.data.bm25_candidates}"
        yield ("tasks", "rerank", "group_size"), tasks.rerank.group_size, at_most


def _bundle_contradictions(config: Config) -> Iterator[Problem]:
    bundled = list(chain.from_iterable(config.compute.bundles))
    tasks = list(config.tasks.named())
    for task in dict.fromkeys([*tasks, *bundled]):
        if task not in tasks:
            yield ("compute", "bundles"), task, f"must be in tasks: {', '.join(tasks)}"
        elif bundled.count(task) != 1:
            rule = f"must list each task of `tasks` once, but lists {task!r} {bundled.count(task)} times"
            yield ("compute", "bundles"), config.compute.bundles, rule
    retrieval = config.tasks.retrieval
    if retrieval and retrieval.shards and ["retrieval"] not in config.compute.bundles:
        rule = f"must list 'retrieval' in a separate bundle, because tasks.retrieval.shards = {retrieval.shards}"
        yield ("compute", "bundles"), config.compute.bundles, rule


def _study_contradictions(config: Config, study: Study, path: KeyPath) -> Iterator[Problem]:
    named = config.tasks.named()
    for task in study.tasks:
        if task not in named:
            yield (*path, "tasks"), task, f"must be in tasks: {', '.join(named)}"
        if not declared()[task].allows(study.transfer):
            allowed = [name for name in named if declared()[name].allows(study.transfer)]
            rule = f"{declared()[task].refusal(study.transfer)}; allowed here: {', '.join(allowed) or 'none of tasks'}"
            yield (*path, "tasks"), task, rule
    if study.transfer == AS_IS and len(study.seeds) > 1:
        yield (*path, "seeds"), study.seeds, "must be one: as-is nothing is drawn, so every seed gives the same scores"
    if study.transfer == "zero-shot" and not {"en", ALL} & set(config.data.languages):
        yield (*path, "transfer"), study.transfer, "trains on English, so data.languages must contain 'en'"
    if study.transfer == "ms-marco":
        yield from _ms_marco_contradictions(config, study, path)
    for condition in conditions(study):
        for rule in condition_problems(config, condition, study.tasks):
            yield (*path, "conditions"), str(condition), rule


def _ms_marco_contradictions(config: Config, study: Study, path: KeyPath) -> Iterator[Problem]:
    if not (isinstance(config.data, UpstreamData) and config.data.ms_marco):
        yield (*path, "transfer"), study.transfer, "needs data.ms_marco, which is not set"
    ranking = [name for name, task in declared().items() if "passages" in task.formats]
    for task in sorted({*study.tasks} - {*ranking}):
        yield (*path, "tasks"), task, f"must be {' or '.join(ranking)}: no other task trains on MS MARCO"


def condition_problems(config: Config, condition: Condition, tasks: Iterable[str]) -> Iterator[str]:
    if condition.source_set is not None and condition.source_set not in config.alignment.source_sets:
        known = ", ".join(config.alignment.source_sets)
        yield f"source set {condition.source_set!r} must be in alignment.source_sets: {known}"
    backbone = config.backbones.get(condition.backbone)
    if backbone is None:
        yield f"backbone {condition.backbone!r} must be in backbones: {', '.join(config.backbones)}"
        return
    if not can_be_grouped(backbone):
        yield f"backbones.{condition.backbone} is a decoder or encoder-decoder; truncation and grouping need an encoder"
        return
    if condition.pretraining == "mlm" and not can_be_pretrained(backbone):
        key = f"backbones.{condition.backbone}"
        yield f"{key} has no masked-LM head, which continual pretraining (mlm) needs; {key}.masked_lm_head makes one"
    if condition.dim > backbone.dim:
        yield f"d{condition.dim} must be at most backbones.{condition.backbone}.dim = {backbone.dim}"
    if condition.grouping.lexicon not in (None, *config.grouping.lexicons):
        known = ", ".join(config.grouping.lexicons) or "none defined"
        yield f"lexicon {condition.grouping.lexicon!r} must be in grouping.lexicons: {known}"
    yield from _variant_contradictions(config, condition)
    groups = n_groups(backbone.vocabulary, condition.grouping)
    if groups <= N_SPECIAL_TOKENS:
        yield f"leaves {groups} groups, but must leave more than the {N_SPECIAL_TOKENS} special tokens"
    limit = f"must be at most backbones.{condition.backbone}.max_length = {backbone.max_length}"
    if condition.pretraining == "mlm" and config.pretraining.sequence_length > backbone.max_length:
        yield f"pretraining.sequence_length = {config.pretraining.sequence_length} {limit}"
    for task, settings in config.tasks.named().items():
        for key in ("max_length", "query_length"):
            if task in tasks and getattr(settings, key, 0) > backbone.max_length:
                yield f"tasks.{task}.{key} = {getattr(settings, key)} {limit}"
