"""Measures of groups and languages. Takes partitions, dictionaries, token caches and scores; gives {RESULTS}/tables/."""

from semantic_tokens.workflow.needs import judged_by_dictionaries

MEASURED_IN_GROUPS = [*INSPECTED, *ALL_CONDITIONS]
GROUPINGS = sorted({c.grouped for c in MEASURED_IN_GROUPS if c.grouping.method != "full"})
CONDITION_OF = {c.grouped: c for c in MEASURED_IN_GROUPS}
SEEDS = [CONFIG.run.seed, *CONFIG.grouping.stability_seeds]
REGROUPED = [name for name in GROUPINGS if SEEDS[1:] and CONDITION_OF[name].grouping.traits.depends_on_start]
# Text by backbone, to tell the language of a token: only text that the run reads anyway. A hub backbone has none
# unless its groups are inspected.
TEXTS = {c.backbone: NEEDS.backbone_tokens(c) for c in INSPECTED} | NEEDS.texts(ALL_CONDITIONS)
JUDGED = list(judged_by_dictionaries(MEASURED_IN_GROUPS))
LOOKED_UP = list(dict.fromkeys((condition.backbone, sources) for condition, sources, _ in JUDGED))
# First-k's cut vocabulary tokenises text again: its groups hide nothing; what it drops does.
READ_IN_GROUPS = [g for g in GROUPINGS if CONDITION_OF[g].tokenizer == "full" and CONDITION_OF[g].backbone in TEXTS]
GROUP_TABLES = (
    ["groups", "mixing"]
    + ["information"] * bool(READ_IN_GROUPS)
    + ["dictionary_pairs"] * bool(JUDGED)
    + ["stability"] * bool(REGROUPED)
)
# What is found in the groups that are inspected. Only the embedded world knows which words translate one another.
INSPECTION_TABLES = ["keywords", *["translated_words"] * (CONFIG.data.kind == "world")]


rule inspect_groups:
    input:
        **({"concepts": LAYOUT.data("word_concepts")} if CONFIG.data.kind == "world" else {}),
        partitions=[LAYOUT.partition(c) for c in INSPECTED],
    output:
        **{name: shown(LAYOUT.table(name), name, "Groups", table=name) for name in INSPECTION_TABLES},
    log:
        LAYOUT.log("inspect_groups"),
    group:
        "measures"
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=memory(4000),
        runtime=30,
    params:
        groupings=[c.grouped for c in INSPECTED],
        keywords=CONFIG.inspection.keywords if CONFIG.inspection else [],
        seed=CONFIG.run.seed,
        code=code("inspect_groups"),
    message:
        "List the groups of keywords, and words that share a group with a translation"
    script:
        "../workflow_scripts/steps/analysis/inspect_groups.py"


rule measure_groups:
    input:
        # Only the embedded world knows the concept of a word.
        **({"concepts": LAYOUT.data("word_concepts")} if CONFIG.data.kind == "world" else {}),
        partitions=list(map(LAYOUT.partition, GROUPINGS)),
    output:
        csv=shown(LAYOUT.table("groups"), "groups", "Groups", table="groups"),
    log:
        LAYOUT.log("measure_groups"),
    group:
        "measures"
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=memory(4000),
        runtime=30,
    params:
        groupings=GROUPINGS,
        seed=CONFIG.run.seed,
        code=code("measure_groups"),
    message:
        "Measure sizes and content of the groups of every condition"
    script:
        "../workflow_scripts/steps/analysis/measure_groups.py"


rule measure_mixing:
    input:
        partitions=list(map(LAYOUT.partition, GROUPINGS)),
        rows=[text["rows"] for text in TEXTS.values()],
        index=[text["index"] for text in TEXTS.values()],
    output:
        csv=shown(LAYOUT.table("mixing"), "mixing", "Groups", table="mixing"),
    log:
        LAYOUT.log("measure_mixing"),
    group:
        "measures"
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=memory(4000),
        runtime=30,
    params:
        groupings=GROUPINGS,
        with_text=list(TEXTS),
        seed=CONFIG.run.seed,
        code=code("measure_mixing"),
    message:
        "Measure which groups mix scripts, languages, beginnings and continuations of words"
    script:
        "../workflow_scripts/steps/analysis/measure_mixing.py"


rule measure_information:
    input:
        partitions=list(map(LAYOUT.partition, READ_IN_GROUPS)),
        rows=[text["rows"] for text in TEXTS.values()],
        index=[text["index"] for text in TEXTS.values()],
    output:
        csv=shown(LAYOUT.table("information"), "information", "Groups", table="information"),
    log:
        LAYOUT.log("measure_information"),
    group:
        "measures"
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=memory(4000),
        runtime=30,
    params:
        groupings=READ_IN_GROUPS,
        with_text=list(TEXTS),
        seed=CONFIG.run.seed,
        code=code("measure_information"),
    message:
        "Measure what groups can no longer tell apart within a language"
    script:
        "../workflow_scripts/steps/analysis/measure_information.py"


rule list_token_pairs:
    input:
        word_pairs=LAYOUT.data("word_pairs"),
        tokenizer=LAYOUT.tokenizer("{backbone}"),
    output:
        **LAYOUT.token_pairs("{backbone}", "{sources}"),
    log:
        LAYOUT.log("list_token_pairs", "{backbone}/{sources}"),
    wildcard_constraints:
        sources=conditions.NAME,
    group:
        "measures"
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=memory(4000),
        runtime=60,
    params:
        sources=lambda wildcards: [s for s in NEEDS.source_set(wildcards.sources) if s != conditions.ROUND_TRIP],
        held_out=CONFIG.alignment.held_out,
        seed=CONFIG.run.seed,
        code=code("list_token_pairs"),
    message:
        "List token pairs of {wildcards.backbone} in the dictionaries {wildcards.sources}"
    script:
        "../workflow_scripts/steps/analysis/list_token_pairs.py"


rule measure_dictionaries:
    input:
        partitions=[LAYOUT.partition(condition) for condition, _, _ in JUDGED],
        pairs=[LAYOUT.token_pairs(condition.backbone, sources)["pairs"] for condition, sources, _ in JUDGED],
        coverage=[LAYOUT.token_pairs(*looked_up)["coverage"] for looked_up in LOOKED_UP],
    output:
        csv=shown(LAYOUT.table("dictionary_pairs"), "dictionary_pairs", "Groups", table="dictionary_pairs"),
        coverage=LAYOUT.table("dictionary_coverage"),
    log:
        LAYOUT.log("measure_dictionaries"),
    group:
        "measures"
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=memory(4000),
        runtime=30,
    params:
        judged=[[condition.grouped, sources, held_out] for condition, sources, held_out in JUDGED],
        looked_up=LOOKED_UP,
        code=code("measure_dictionaries"),
    message:
        "Measure how well the groups of every condition agree with dictionaries"
    script:
        "../workflow_scripts/steps/analysis/measure_dictionaries.py"


use rule group as group_again with:
    output:
        partition=LAYOUT.regrouped(ANY_GROUPED, "{seed}"),
    log:
        LAYOUT.log("group_again", f"{ANY_GROUPED}/{{seed}}"),
    benchmark:
        LAYOUT.benchmark("group_again", f"{ANY_GROUPED}/{{seed}}")
    params:
        checkpoint=LAYOUT.checkpoint("group_again", f"{ANY_GROUPED}/{{seed}}"),
        seed=lambda wildcards: int(wildcards.seed),
    message:
        "Group again with seed {wildcards.seed}: "
        "{wildcards.backbone} d{wildcards.dim} {wildcards.alignment} {wildcards.grouping}"


rule measure_stability:
    input:
        partitions=[
            LAYOUT.regrouped(grouping, seed) if seed != CONFIG.run.seed else LAYOUT.partition(grouping)
            for grouping in REGROUPED
            for seed in SEEDS
        ],
    output:
        csv=shown(LAYOUT.table("stability"), "stability", "Groups", table="stability"),
    log:
        LAYOUT.log("measure_stability"),
    group:
        "measures"
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=memory(4000),
        runtime=30,
    params:
        groupings=REGROUPED,
        seeds=SEEDS,
        code=code("measure_stability"),
    message:
        "Measure how much groupings depend on their seed"
    script:
        "../workflow_scripts/steps/analysis/measure_stability.py"


rule correlate_languages:
    input:
        scores=rules.collect_scores.output.parquet,
    output:
        csv=shown(LAYOUT.scope("{scope}", "languages.csv"), "languages", "Scores", of="{scope}", table="Figure 10"),
    log:
        LAYOUT.log("correlate_languages", "{scope}"),
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        tasks=tasks.shown(),
        code=code("correlate_languages"),
    message:
        "Correlate what grouping costs languages on different tasks ({wildcards.scope})"
    script:
        "../workflow_scripts/steps/analysis/correlate_languages.py"
