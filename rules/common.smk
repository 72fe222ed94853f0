"""Helpers of the rules: the validated config, where things lie, and the fingerprint of a step's code."""

from dataclasses import asdict
from pathlib import Path

from snakemake.common.configfile import load_configfile

from semantic_tokens import conditions
from semantic_tokens.conditions import WILDCARDS, Condition, Grouping
from semantic_tokens.config.loading import conditions as conditions_of
from semantic_tokens.config.loading import load, units
from semantic_tokens.config.backbones import can_be_grouped
from semantic_tokens.config.origin import layers
from semantic_tokens.errors import InputError
from semantic_tokens.grouping import methods
from semantic_tokens.estimate.shapes import shape_of
from semantic_tokens.workflow.fingerprint import fingerprint
from semantic_tokens.workflow.layout import (
    ANY_ALIGNED,
    ANY_CONDITION,
    ANY_GROUPED,
    ANY_TRUNCATED,
    ANY_UNIT,
    Layout,
)
from semantic_tokens.fine_tuning.memory import host_memory
from semantic_tokens.tasks import declared

try:
    CONFIG_FILES = [*workflow.configfiles, *workflow.overwrite_configfiles]
    CONFIG = load(
        config, layers([(path, load_configfile(path)) for path in CONFIG_FILES], workflow.config_settings.config)
    )
    UNITS = units(CONFIG)
except InputError as error:
    raise WorkflowError(str(error)) from None

LAYOUT = Layout(CONFIG.run.name)
RESULTS = LAYOUT.root
CONDITIONS = f"{RESULTS}/conditions"
CONDITION = f"{CONDITIONS}/{{backbone}}/d{{dim}}/{{alignment}}/{{grouping}}/{{pretraining}}"
ALL_CONDITIONS = list(UNITS)
SCRATCH = [name for name, backbone in CONFIG.backbones.items() if backbone.kind == "scratch"]
STEPS = {path.stem: path for path in (Path(workflow.basedir) / "workflow_scripts/steps").rglob("*.py")}
GPUS = 0 if CONFIG.compute.device == "cpu" else 1  # that a step which computes on the device of the config asks for
GPU_MEMORY = round(1e9 * (CONFIG.compute.gpu_memory or 0))  # bytes; 0: what the device has
TEMPLATES = "workflow_scripts/semantic_tokens/report/pages/{name}"
BRANCH_TEMPLATES = expand(TEMPLATES, name=["branch.html.j2", "page.css"])  # which the page of a branch is made from


wildcard_constraints:
    **WILDCARDS,


def code(step, *modules):
    """The meaning of a step's code, as a parameter: an edit reruns exactly the steps that may run the edited lines."""
    return fingerprint(STEPS[step], *modules)


def settings(section, without=frozenset()):
    """A section of the config as plain values, so that Snakemake can compare it with that of the last run."""
    return section.model_dump(mode="json", exclude=without)


def training_settings(task, wildcards):
    return asdict(CONFIG.tasks.named()[task].for_transfer(wildcards.transfer))


def backbone_of(wildcards):
    return CONFIG.backbones[wildcards.backbone]


def tokenizer_of(wildcards):
    return Grouping.parse(wildcards.grouping).tokenizer


def backbone_settings(wildcards):
    return settings(backbone_of(wildcards))


def tokenizer_settings(wildcards):
    """The part of a backbone's settings that its tokenizer depends on."""
    return {key: backbone_settings(wildcards)[key] for key in ("architecture", "vocabulary", "max_length")}


def vocabulary_file(wildcards):
    """The real vocabulary that a from-scratch backbone is cut from; empty where it trains its own."""
    file = backbone_of(wildcards).vocabulary_file
    return [] if file is None else str(Path(CONFIG.local_dir) / file)


def files_below(*folders):
    """Path, size and time of every file below the folders, as a parameter: a step reruns when one of them changes."""
    files = sorted(path for folder in folders for path in Path(folder).rglob("*") if path.is_file())
    return [[str(path), path.stat().st_size, int(path.stat().st_mtime)] for path in files]


def one_of(names):
    """A wildcard's pattern: any of the names, nothing where there is none."""
    return "|".join(names) or "(?!)"


def token_cache(backbone, tokenizer, length):
    """The corpus in rows of `length` tokens: the array, and where each language lies in it."""
    stem = f"{RESULTS}/tokens/{backbone}/{tokenizer}/corpus-{length}"
    return {"rows": f"{stem}.npy", "index": f"{stem}.json"}


def pretraining_tokens(wildcards):
    """The cache of a backbone's own tokens: what it was trained on from scratch, or what continual pretraining reads."""
    backbone = backbone_of(wildcards)
    own = backbone.pretraining if backbone.kind == "scratch" else CONFIG.pretraining
    return token_cache(wildcards.backbone, "full", own.sequence_length)


def tokens_with_languages(wildcards):
    """The cache that tells in which language a token occurs, for a grouping that asks."""
    return pretraining_tokens(wildcards) if Grouping.parse(wildcards.grouping).traits.needs_languages else {}


def corpus_languages():
    """The languages of the text for pretraining: those of the data, unless they are given apart."""
    return getattr(getattr(CONFIG.data, "corpus", None), "languages", None) or CONFIG.data.languages


def table_languages():
    """The languages that the tables of tasks may hold; None for any."""
    trained_on = [conditions.MS_MARCO] if getattr(CONFIG.data, "ms_marco", None) else []
    return None if "all" in CONFIG.data.languages else [*CONFIG.data.languages, *trained_on]


def condition_tokens(wildcards):
    """The cache that a condition's continual pretraining reads."""
    return token_cache(wildcards.backbone, tokenizer_of(wildcards), CONFIG.pretraining.sequence_length)


def tokenizer_file(wildcards):
    if wildcards.tokenizer == "full":
        return f"{RESULTS}/backbones/{wildcards.backbone}/tokenizer.json"
    return f"{RESULTS}/tokens/{wildcards.backbone}/{wildcards.tokenizer}/tokenizer.json"


def table_files(names):
    return {name: f"{RESULTS}/data/{name}.parquet" for name in names}


def feature_tables(tasks):
    """The tables that the features of these tasks are made of."""
    return table_files(name for task in tasks for name in declared()[task].formats)


def grouping_method(wildcards):
    return methods.module_name(Grouping.parse(wildcards.get("grouping") or wildcards.tokenizer).method)


def task_inputs(wildcards):
    """Features of the bundle's tasks, and the tables that they are scored with, by name; of retrieval where a rule is of
    that alone."""
    tokens = f"{RESULTS}/tokens/{wildcards.backbone}/{tokenizer_of(wildcards)}"
    bundle = wildcards.get("tasks", "retrieval").split("+")
    features = {f"{task}_features": f"{tokens}/{task}.parquet" for task in bundle}
    return features | table_files(name for task in bundle for name in declared()[task].score_tables)


def studies_of(wildcards):
    """The studies that a scope stands for: all for `tables`, x for `studies/x`."""
    return list(CONFIG.studies) if wildcards.scope == "tables" else [wildcards.scope.removeprefix("studies/")]


def wanted_units(wildcards):
    """`condition/unit` -> the names of all studies that want it, of the units of a scope."""
    chosen = set(studies_of(wildcards))
    pairs = ((f"{c}/{unit}", names) for c, wanted in UNITS.items() for unit, names in wanted.items())
    return {unit: list(names) for unit, names in pairs if chosen & set(names)}


def scores_of(condition, unit):
    tasks = "+".join(unit.scored_with(UNITS.get(condition, {}), CONFIG.compute.bundles))
    return f"{CONDITIONS}/{condition}/scores/{tasks}@{unit.transfer}#{unit.seed}.parquet"


def score_files(wildcards):
    """One file for each condition, transfer, seed and bundle of tasks that the studies of a scope ask for.

    A file has the tasks of the bundle that any study asks for, so that it is the same in every scope.
    """
    chosen = set(studies_of(wildcards))
    return list(
        dict.fromkeys(
            scores_of(condition, unit)
            for condition, wanted in UNITS.items()
            for unit, names in wanted.items()
            if chosen & set(names)
        )
    )


def backbone_files(wildcards):
    """The files of a user's own checkpoint, of which the step's code knows nothing."""
    folder = backbone_of(wildcards).folder
    return [] if folder is None else files_below(folder)


def backbone_terms(wildcards):
    """The registry's entry of a published backbone: an edit makes it another one."""
    model = backbone_of(wildcards).model
    return None if model is None else source(model).model_dump(mode="json")


def chosen_rate(wildcards):
    """The control is trained at the rate that CLSA chose: by how well it translates it would take the smallest."""
    clsa = f"{CONDITIONS}/{wildcards.backbone}/d{wildcards.dim}/clsa-{wildcards.sources}/history.csv"
    return clsa if wildcards.alignment_method == "shuffled" else []


def table_mb(wildcards):
    return backbone_of(wildcards).vocabulary * int(wildcards.dim) * 4 // 10**6


def memory(mb, tables=0):
    """`mem_mb` of a rule: a constant, and so many copies of the table of embeddings. A job that failed may have been
    killed for its memory, so each retry asks for twice as much."""

    def at_attempt(wildcards, attempt):
        return (mb + (tables * table_mb(wildcards) if tables else 0)) * 2 ** (attempt - 1)

    return at_attempt


def update_memory(wildcards):
    """Bytes that fine-tuning may take where it computes on the processor. A retry, which asks for more, computes the
    same."""
    return host_memory(shape_of(backbone_of(wildcards)), int(wildcards.dim))


def fine_tuning_memory(wildcards, attempt, more=0):
    """`mem_mb` of fine-tuning: for its updates, and `more`."""
    return (update_memory(wildcards) // 10**6 + more) * 2 ** (attempt - 1)


def grouping_settings(wildcards):
    """What the method of a grouping reads of the config, so that other settings do not make it run again."""
    grouping, given = Grouping.parse(wildcards.grouping), settings(CONFIG.grouping)
    if grouping.lexicon:
        return {"lexicon": given["lexicons"][grouping.lexicon]}
    own = grouping.traits.settings
    return {key: given[key] for key in own.model_fields} if own else {}


def group_checkpoint(wildcards):
    """Where K-Means goes on from after a kill; one for each seed."""
    grouped = "-".join(map(str, (wildcards.backbone, wildcards.dim, wildcards.alignment, wildcards.grouping)))
    return f"{RESULTS}/checkpoints/group-{grouped}-{wildcards.get('seed', CONFIG.run.seed)}.pt"


def linking_words(wildcards):
    """The word pairs, for a grouping that merges by a dictionary."""
    return {"word_pairs": f"{RESULTS}/data/word_pairs.parquet"} if Grouping.parse(wildcards.grouping).lexicon else {}


def export_forms(condition):
    """The forms that surely suit the tokenizer, since a Unigram piece cannot share its id; the third can be asked for by
    file where a backbone of the user's own has WordPiece."""
    backbone = CONFIG.backbones[condition.backbone]
    wordpiece = backbone.architecture == "bert" if backbone.kind == "scratch" else backbone.model == "mbert"
    return ["expanded", "compact", *(["compact-wordpiece"] if wordpiece else [])]


def condition_path(wildcards):
    w = wildcards
    return f"{w.backbone}/d{w.dim}/{w.alignment}/{w.grouping}/{w.pretraining}"


def condition_tokenizer(wildcards):
    """The tokenizer whose ids the condition's model reads: First-k has its own."""
    folder = "backbones" if tokenizer_of(wildcards) == "full" else "tokens"
    name = wildcards.backbone if folder == "backbones" else f"{wildcards.backbone}/{wildcards.grouping}"
    return f"{RESULTS}/{folder}/{name}/tokenizer.json"


def how_it_was_made(wildcards):
    """What a model card tells of the config, and no more: another setting must not write the export anew."""
    source_set = Condition.parse(condition_path(wildcards)).source_set
    word_pairs = CONFIG.alignment.source_sets[source_set] if source_set else []
    scratch, pretrained = wildcards.backbone in SCRATCH, wildcards.pretraining == "mlm"
    upstream = CONFIG.data.kind == "upstream"
    texts = CONFIG.data.corpus.sources if upstream and (scratch or pretrained) else []
    dictionaries = [name for name in word_pairs if upstream and name != conditions.ROUND_TRIP]
    own_folder = not scratch and backbone_of(wildcards).folder is not None  # whose name is this machine's business
    return {
        "run": CONFIG.run.name,
        "data": CONFIG.data.kind,
        "backbone": backbone_settings(wildcards) | {"folder": own_folder},
        "sources": [*texts, *dictionaries],
        "word_pairs": word_pairs,
        "semantic_embedding": CONFIG.grouping.semantic_embedding,
        "pretraining": settings(CONFIG.pretraining) if pretrained else None,
    }


def scores_so_far(wildcards):
    """The rows of Table 5 on the condition if the table is there: an export waits for no fine-tuning."""
    from semantic_tokens.report import PRIMARY_METRIC, table5

    columns = ("task", "metric", "transfer", "score", "chance", "retained", "retained_by_random")
    return [
        {name: getattr(cell, name) for name in columns}
        for cell in (table5.read(TABLE5) if TABLE5.is_file() else [])
        if str(cell.condition) == condition_path(wildcards) and cell.metric == PRIMARY_METRIC[cell.task]
    ]


def partition_of(grouping, seed=CONFIG.run.seed):
    if seed == CONFIG.run.seed:
        return f"{CONDITIONS}/{grouping}/partition.parquet"
    return f"{RESULTS}/stability/{grouping}/seed-{seed}.parquet"


def judged_by_dictionaries():
    """[grouping, source set, held-out or all]: by each set that its backbone is aligned on; after alignment by what that
    very alignment held out. No dictionary is read that no alignment asks for."""
    for name in GROUPINGS:
        if CONDITION_OF[name].grouping.lexicon:
            continue  # its groups are made of the dictionaries
        own = CONDITION_OF[name].source_set
        sets = {c.source_set for c in ALL_CONDITIONS if c.backbone == CONDITION_OF[name].backbone} - {None}
        for sources in sorted(sets if own is None else {own}):
            yield from ([name, sources, held_out] for held_out in ([False, True] if own is None else [True]))
