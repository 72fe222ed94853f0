"""Exports. Takes a condition's model, partition and tokenizer; gives a folder to take away, in one of three forms."""

EXPORTED = list(dict.fromkeys(condition for pattern in CONFIG.exports for condition in conditions.expand(pattern)))
EXPORT = f"{RESULTS}/exports/{{backbone}}/d{{dim}}/{{alignment}}/{{grouping}}/{{pretraining}}/{{form}}"
TABLE5 = Path(f"{RESULTS}/tables/table5.csv")


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


rule export_model:
    input:
        config=f"{CONDITION}/config.json",
        model=f"{CONDITION}/model.safetensors",
        partition=f"{ALIGNED}/{{grouping}}/partition.parquet",
        tokenizer=condition_tokenizer,
        tokenizer_config=f"{BACKBONE}/tokenizer_config.json",
        template="workflow_scripts/semantic_tokens/models/export/README.md.j2",
    output:
        config=f"{EXPORT}/config.json",
        model=f"{EXPORT}/model.safetensors",
        partition=f"{EXPORT}/partition.parquet",
        tokenizer=f"{EXPORT}/tokenizer.json",
        tokenizer_config=f"{EXPORT}/tokenizer_config.json",
        card=f"{EXPORT}/README.md",
    log:
        f"{RESULTS}/logs/export_model/{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}-{{pretraining}}-{{form}}.log",
    wildcard_constraints:
        form="expanded|compact|compact-wordpiece",
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=6000,
        runtime=15,
    params:
        condition=condition_path,
        made=how_it_was_made,
        scores=scores_so_far,
        threads=CONFIG.compute.threads,
        code=code("export_model"),
    message:
        "Export {wildcards.backbone} d{wildcards.dim} {wildcards.alignment} {wildcards.grouping} "
        "{wildcards.pretraining}, {wildcards.form}"
    script:
        "../workflow_scripts/export_model.py"
