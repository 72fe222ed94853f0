"""Geometry and layers beside scores. Takes the tables of both analyses, scores and partitions; gives {RESULTS}/tables/
polysemy.csv, {RESULTS}/report/before_after.html and its pictures."""

# First-k merges nothing, so it conflates nothing.
WITH_SENSES = [name for name in GROUPINGS if CONDITION_OF[name].tokenizer == "full"]
# A backbone that is analysed in several conditions has a before and an after.
BESIDE_SCORES = [name for name, sibling in SIBLINGS.items() if sibling.beside_scores]
ANALYSED = {str(c): c.backbone for name in BESIDE_SCORES for c in analysed(name)}
CHANGED = [name for name in CONFIG.backbones if list(ANALYSED.values()).count(name) > 1]


rule before_after:
    input:
        before_after_page,
    localrule: True


rule measure_polysemy:
    input:
        partitions=[partition_of(name) for name in WITH_SENSES],
        senses=f"{RESULTS}/data/{'word_concepts' if CONFIG.data.kind == 'world' else 'word_pairs'}.parquet",
        rows=[text["rows"] for text in TEXTS.values()],
        index=[text["index"] for text in TEXTS.values()],
        scores=f"{RESULTS}/tables/scores.parquet",
    output:
        csv=f"{RESULTS}/tables/polysemy.csv",
    log:
        f"{RESULTS}/logs/measure_polysemy.log",
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=memory(8000),
        runtime=60,
    params:
        groupings=WITH_SENSES,
        with_text=list(TEXTS),
        world=CONFIG.data.kind == "world",
        seed=CONFIG.run.seed,
        code=code("measure_polysemy"),
    message:
        "What groups do to the senses of words"
    script:
        "../workflow_scripts/steps/before_after/measure_polysemy.py"


rule write_before_after:
    input:
        measures=[f"{RESULTS}/tables/{name}.csv" for name in BESIDE_SCORES],
        polysemy=f"{RESULTS}/tables/polysemy.csv",
        table5=f"{RESULTS}/tables/table5.csv",
        templates=BRANCH_TEMPLATES,
    output:
        **{
            f"{name}_{kind}".replace("-", "_"): f"{RESULTS}/report/before_after/{name}.{kind}"
            for name in [*CHANGED, "senses"]
            for kind in ("svg", "png")
        },
        page=f"{RESULTS}/report/before_after.html",
    log:
        f"{RESULTS}/logs/write_before_after.log",
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        backbones=CHANGED,
        siblings=BESIDE_SCORES,
        code=code("write_before_after", *(f"semantic_tokens.siblings.{name}" for name in BESIDE_SCORES)),
    message:
        "Set what siblings measure beside scores"
    script:
        "../workflow_scripts/steps/before_after/write_before_after.py"
