"""Measures of groups and languages. Takes partitions, dictionaries, token caches and scores; gives {RESULTS}/tables/."""

GROUPINGS = sorted({c.grouped for c in ALL_CONDITIONS if c.grouping.method != "full"})
CONDITION_OF = {c.grouped: c for c in ALL_CONDITIONS}
SEEDS = [CONFIG.run.seed, *CONFIG.grouping.stability_seeds]
REGROUPED = [name for name in GROUPINGS if SEEDS[1:] and CONDITION_OF[name].grouping.traits.depends_on_start]
# Text by backbone, to tell the language of a token: what a run reads anyway, which a hub backbone may not.
TEXTS = {
    c.backbone: pretraining_tokens(c)
    for c in ALL_CONDITIONS
    if c.backbone in SCRATCH or (c.pretraining == "mlm" and c.tokenizer == "full")
}


JUDGED = list(judged_by_dictionaries())
LOOKED_UP = list(dict.fromkeys((CONDITION_OF[name].backbone, sources) for name, sources, _ in JUDGED))
# A cut vocabulary (First-k) tokenises the text anew: its groups hide nothing, what it drops does.
READ_IN_GROUPS = [g for g in GROUPINGS if CONDITION_OF[g].tokenizer == "full" and CONDITION_OF[g].backbone in TEXTS]
GROUP_TABLES = (
    ["groups", "mixing"]
    + ["information"] * bool(READ_IN_GROUPS)
    + ["dictionary_pairs"] * bool(JUDGED)
    + ["stability"] * bool(REGROUPED)
)


rule measure_groups:
    input:
        # Only the embedded world knows which concept a word stands for.
        **({"concepts": f"{RESULTS}/data/word_concepts.parquet"} if CONFIG.data.kind == "world" else {}),
        partitions=[partition_of(grouping) for grouping in GROUPINGS],
    output:
        csv=f"{RESULTS}/tables/groups.csv",
    log:
        f"{RESULTS}/logs/measure_groups.log",
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
        "Sizes and content of the groups of every condition"
    script:
        "../workflow_scripts/steps/analysis/measure_groups.py"


rule measure_mixing:
    input:
        partitions=[partition_of(grouping) for grouping in GROUPINGS],
        rows=[text["rows"] for text in TEXTS.values()],
        index=[text["index"] for text in TEXTS.values()],
    output:
        csv=f"{RESULTS}/tables/mixing.csv",
    log:
        f"{RESULTS}/logs/measure_mixing.log",
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
        "Which groups mix scripts, languages, beginnings and continuations of words"
    script:
        "../workflow_scripts/steps/analysis/measure_mixing.py"


rule measure_information:
    input:
        partitions=[partition_of(grouping) for grouping in READ_IN_GROUPS],
        rows=[text["rows"] for text in TEXTS.values()],
        index=[text["index"] for text in TEXTS.values()],
    output:
        csv=f"{RESULTS}/tables/information.csv",
    log:
        f"{RESULTS}/logs/measure_information.log",
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
        "What groups can no longer tell apart within a language"
    script:
        "../workflow_scripts/steps/analysis/measure_information.py"


rule list_token_pairs:
    input:
        word_pairs=f"{RESULTS}/data/word_pairs.parquet",
        tokenizer=f"{BACKBONE}/tokenizer.json",
    output:
        pairs=f"{RESULTS}/tokens/{{backbone}}/full/pairs-{{sources}}.parquet",
        coverage=f"{RESULTS}/tokens/{{backbone}}/full/pairs-{{sources}}.csv",
    log:
        f"{RESULTS}/logs/list_token_pairs/{{backbone}}-{{sources}}.log",
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
        sources=lambda wildcards: [
            s for s in CONFIG.alignment.source_sets[wildcards.sources] if s != conditions.ROUND_TRIP
        ],
        held_out=CONFIG.alignment.held_out,
        seed=CONFIG.run.seed,
        code=code("list_token_pairs"),
    message:
        "Pairs of tokens of {wildcards.backbone} in the dictionaries {wildcards.sources}"
    script:
        "../workflow_scripts/steps/analysis/list_token_pairs.py"


rule measure_dictionaries:
    input:
        partitions=[partition_of(name) for name, _, _ in JUDGED],
        pairs=[f"{RESULTS}/tokens/{CONDITION_OF[n].backbone}/full/pairs-{sources}.parquet" for n, sources, _ in JUDGED],
        coverage=[f"{RESULTS}/tokens/{backbone}/full/pairs-{sources}.csv" for backbone, sources in LOOKED_UP],
    output:
        csv=f"{RESULTS}/tables/dictionary_pairs.csv",
        coverage=f"{RESULTS}/tables/dictionary_coverage.csv",
    log:
        f"{RESULTS}/logs/measure_dictionaries.log",
    group:
        "measures"
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=memory(4000),
        runtime=30,
    params:
        judged=JUDGED,
        looked_up=LOOKED_UP,
        code=code("measure_dictionaries"),
    message:
        "How well the groups of every condition agree with dictionaries"
    script:
        "../workflow_scripts/steps/analysis/measure_dictionaries.py"


use rule group as group_again with:
    output:
        partition=f"{RESULTS}/stability/{{backbone}}/d{{dim}}/{{alignment}}/{{grouping}}/seed-{{seed}}.parquet",
    log:
        f"{RESULTS}/logs/group_again/{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}-{{seed}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/group_again/{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}-{{seed}}.tsv"
    params:
        seed=lambda wildcards: int(wildcards.seed),
    message:
        "Group again with seed {wildcards.seed}: "
        "{wildcards.backbone} d{wildcards.dim} {wildcards.alignment} {wildcards.grouping}"


rule measure_stability:
    input:
        partitions=[partition_of(grouping, seed) for grouping in REGROUPED for seed in SEEDS],
    output:
        csv=f"{RESULTS}/tables/stability.csv",
    log:
        f"{RESULTS}/logs/measure_stability.log",
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
        "How much groupings depend on their seed"
    script:
        "../workflow_scripts/steps/analysis/measure_stability.py"


rule correlate_languages:
    input:
        scores=f"{SCOPE}/scores.parquet",
    output:
        csv=f"{SCOPE}/languages.csv",
    log:
        f"{RESULTS}/logs/correlate_languages/{{scope}}.log",
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("correlate_languages"),
    message:
        "Does grouping cost a language as much on one task as on another? ({wildcards.scope})"
    script:
        "../workflow_scripts/steps/analysis/correlate_languages.py"
