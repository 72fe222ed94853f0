"""Helpers of the rules: the validated config, where things lie, and the fingerprint of a step's code."""

from pathlib import Path

from semantic_tokens import conditions
from semantic_tokens.conditions import WILDCARDS, Condition, Grouping
from semantic_tokens.config import load, units
from semantic_tokens.errors import InputError
from semantic_tokens.fingerprint import fingerprint

try:
    CONFIG = load(config)
    UNITS = units(CONFIG)
except InputError as error:
    raise WorkflowError(str(error)) from None

RESULTS = f"results/{CONFIG.run.name}"
CONDITIONS = f"{RESULTS}/conditions"
CONDITION = f"{CONDITIONS}/{{backbone}}/d{{dim}}/{{alignment}}/{{grouping}}/{{pretraining}}"
ALL_CONDITIONS = list(UNITS)
SCRATCH = [name for name, backbone in CONFIG.backbones.items() if backbone.kind == "scratch"]
STEPS = Path(workflow.basedir) / "workflow_scripts"


wildcard_constraints:
    **WILDCARDS,


def code(step, *modules):
    """The meaning of a step's code, as a parameter: an edit reruns exactly the steps that may run the edited lines."""
    return fingerprint(STEPS / f"{step}.py", *modules)


def settings(section):
    """A section of the config as plain values, so that Snakemake can compare it with that of the last run."""
    return section.model_dump(mode="json")


def backbone_of(wildcards):
    return CONFIG.backbones[wildcards.backbone]


def tokenizer_of(wildcards):
    """`full`, or the grouping itself where it cuts the vocabulary, so that the text must be tokenised again."""
    return "full" if not wildcards.grouping.startswith("first-") else wildcards.grouping


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
    """The cache of a backbone's own tokens: what it was trained on from scratch, or what it is pretrained further on."""
    backbone = backbone_of(wildcards)
    own = backbone.pretraining if backbone.kind == "scratch" else CONFIG.pretraining
    return token_cache(wildcards.backbone, "full", own.sequence_length)


def tokens_with_languages(wildcards):
    """The cache that tells in which language a token occurs, for the one grouping that asks."""
    return pretraining_tokens(wildcards) if wildcards.grouping.startswith("random-stratified") else {}


def corpus_languages():
    """The languages of the text for pretraining: those of the data, unless they are given apart."""
    return getattr(getattr(CONFIG.data, "corpus", None), "languages", None) or CONFIG.data.languages


def condition_tokens(wildcards):
    """The cache that a condition's continual pretraining reads."""
    return token_cache(wildcards.backbone, tokenizer_of(wildcards), CONFIG.pretraining.sequence_length)


def tokenizer_file(wildcards):
    if wildcards.tokenizer == "full":
        return f"{RESULTS}/backbones/{wildcards.backbone}/tokenizer.json"
    return f"{RESULTS}/tokens/{wildcards.backbone}/{wildcards.tokenizer}/tokenizer.json"


def table_files(tasks):
    """The canonical tables that the features of these tasks are made of."""
    names = dict.fromkeys(name for task in tasks for name in conditions.TASK_TABLES[task])
    return {name: f"{RESULTS}/data/{name}.parquet" for name in names}


def grouping_method(wildcards):
    return f"semantic_tokens.grouping.methods.{Grouping.parse(wildcards.grouping).module}"


def task_inputs(wildcards):
    """Features and canonical tables of the bundle's tasks, by name."""
    tokens = f"{RESULTS}/tokens/{wildcards.backbone}/{tokenizer_of(wildcards)}"
    bundle = wildcards.tasks.split("+")
    features = {f"{task}_features": f"{tokens}/{task}.parquet" for task in bundle}
    return features | table_files(bundle)


def studies_of(wildcards):
    """The studies that a scope stands for: all for `tables`, x for `studies/x`."""
    return list(CONFIG.studies) if wildcards.scope == "tables" else [wildcards.scope.removeprefix("studies/")]


def wanted_units(wildcards):
    """`condition/unit` -> the names of all studies that want it, of the units of a scope."""
    chosen = set(studies_of(wildcards))
    pairs = ((f"{c}/{unit}", names) for c, wanted in UNITS.items() for unit, names in wanted.items())
    return {unit: list(names) for unit, names in pairs if chosen & set(names)}


def score_files(wildcards):
    """One file for each condition, bundle of tasks, transfer and seed that the studies of a scope ask for."""
    bundle_of = {task: "+".join(bundle) for bundle in CONFIG.compute.bundles for task in bundle}
    chosen = set(studies_of(wildcards))
    return list(
        dict.fromkeys(
            f"{CONDITIONS}/{condition}/scores/{bundle_of[unit.task]}@{unit.transfer}#{unit.seed}.parquet"
            for condition, wanted in UNITS.items()
            for unit, names in wanted.items()
            if chosen & set(names)
        )
    )
