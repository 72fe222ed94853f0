"""Helpers of the sibling papers' branches: which models they read, and what their targets ask for."""

from semantic_tokens import siblings
from semantic_tokens.config.backbones import can_be_grouped
from semantic_tokens.config.loading import conditions as conditions_of

SIBLINGS = siblings.found()


def analysed_model(condition):
    return NEEDS.model(condition)


def analysed(name):
    """The conditions of an analysis; a clear message where the config does not ask for it."""
    section = getattr(CONFIG, name)
    return [] if section is None else conditions_of(section)


def probing_pictures():
    """Pictures of `probing`, by name: two of all models, and the words and sentences of each in the plane."""
    planes = {f"{kind}_{i}": f"{kind}_{c}" for i, c in enumerate(PROBED) for kind in ("words", "sentences")}
    stems = {"layers": "layers", "pairs": "pairs"} | {name: "-".join(Path(stem).parts) for name, stem in planes.items()}
    folder = f"{RESULTS}/report/probing"
    return {
        f"{name}{'_png' * (kind == 'png')}": f"{folder}/{stem}.{kind}"
        for name, stem in stems.items()
        for kind in ("svg", "png")
    }


def geometry_model(condition):
    """The file with a condition's word embeddings, its tokenizer, and its partition where it has one."""
    files = analysed_model(condition)
    if "partition" not in files:  # read from its own folder, a decoder's table could be of any name and type
        files["model"] = f"{CONDITIONS}/{condition.aligned}/embeddings.safetensors"
    return {name: files[name] for name in ("model", "tokenizer", "partition") if name in files}


def geometry_models():
    """The files of all conditions, a list a kind; `with_partition` in `params` says which have one."""
    files = [geometry_model(c) for c in MEASURED]
    return {f"{name}s": [f[name] for f in files if name in f] for name in ("model", "tokenizer", "partition")}


def geometry_inputs(wildcards):
    condition = Condition.parse(condition_path(wildcards))
    sources = condition.source_set or CONFIG.geometry.source_set
    # An aligned table's own dictionaries say what its alignment was not shown.
    pairs = f"{RESULTS}/tokens/{condition.backbone}/full/pairs-{sources}.parquet"
    # The measures as published are of the backbones that the paper compares.
    compared = CONFIG.geometry.shared_by or MEASURED_BACKBONES
    vocabularies = [f"{RESULTS}/backbones/{name}/tokenizer.json" for name in compared]
    return (
        geometry_model(condition)
        | ({"pairs": pairs} if CONFIG.geometry.source_set else {})
        | ({"vocabularies": vocabularies} if condition.backbone in compared else {})
        | MEASURED_TEXTS.get(condition.backbone, {})
    )


def transfer_scores(wildcards):
    """A model's scores on inference, zero-shot, with all seeds: those of a study where one has them, else alone."""
    condition = Condition.parse(condition_path(wildcards))
    return [scores_of(condition, conditions.Unit("nli", "zero-shot", seed)) for seed in CONFIG.transfer.seeds]


def before_after_page(_):
    for name in BESIDE_SCORES:
        if getattr(CONFIG, name) is None:
            not_asked_for(name)
    return f"{RESULTS}/report/before_after.html"


def efficiency_page(_):
    if CONFIG.efficiency is None:
        example = "{ratios: {768: [100, 5]}, batch_size: 4, sequence_length: 64, steps: 3}"
        raise WorkflowError(f"the config has no section `efficiency`: add `efficiency: {example}` (docs/config.md)")
    return f"{RESULTS}/report/efficiency.html"
