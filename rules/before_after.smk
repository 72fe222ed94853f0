"""What siblings measure, compared with scores, and what groups do to the senses of words. Takes the siblings' tables, scores and
partitions; gives the table `polysemy`, the page `before_after` and its pictures."""

# Of what is scored. First-k merges nothing, so it conflates nothing.
WITH_SENSES = [
    name for name in GROUPINGS if CONDITION_OF[name] in ALL_CONDITIONS and CONDITION_OF[name].tokenizer == "full"
]
BESIDE_SCORES = [name for name, sibling in SIBLINGS.items() if sibling.beside_scores]
# A backbone analysed in several conditions has a before and an after.
ANALYSED = {str(c): c.backbone for name in BESIDE_SCORES for c in analysed(CONFIG, name)}
CHANGED = [name for name in CONFIG.backbones if list(ANALYSED.values()).count(name) > 1]


rule before_after:
    input:
        asked_for("before_after", *BESIDE_SCORES),
    localrule: True


rule measure_polysemy:
    input:
        partitions=list(map(LAYOUT.partition, WITH_SENSES)),
        senses=LAYOUT.data("word_concepts" if CONFIG.data.kind == "world" else "word_pairs"),
        rows=[text["rows"] for text in TEXTS.values()],
        index=[text["index"] for text in TEXTS.values()],
        scores=LAYOUT.table("scores", "parquet"),
    output:
        csv=LAYOUT.table("polysemy"),
    log:
        LAYOUT.log("measure_polysemy"),
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
        tasks=tasks.shown(),
        code=code("measure_polysemy"),
    message:
        "Measure what groups do to the senses of words"
    script:
        "../workflow_scripts/steps/before_after/measure_polysemy.py"


rule write_before_after:
    input:
        measures=list(map(LAYOUT.table, BESIDE_SCORES)),
        polysemy=rules.measure_polysemy.output.csv,
        table5=LAYOUT.table("table5"),
        templates=ANALYSIS_TEMPLATES,
    output:
        **{
            f"{name}_{kind}".replace("-", "_"): LAYOUT.picture("before_after", name, kind)
            for name in [*CHANGED, "senses"]
            for kind in ("svg", "png")
        },
        page=LAYOUT.page("before_after"),
    log:
        LAYOUT.log("write_before_after"),
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        backbones=CHANGED,
        siblings=BESIDE_SCORES,
        tasks=tasks.shown(),
        code=code("write_before_after", *(f"semantic_tokens.siblings.{name}" for name in BESIDE_SCORES)),
    message:
        "Compare what siblings measure with scores"
    script:
        "../workflow_scripts/steps/before_after/write_before_after.py"
