"""Token caches. Takes a tokenizer and a canonical table; gives {RESULTS}/tokens/{backbone}/{tokenizer}/.

Text is tokenised once for each tokenizer. All groupings but First-k look group ids up in the cache `full`.
"""

TOKENS = RESULTS + "/tokens/{backbone}/{tokenizer}"


def tokenizer_file(wildcards):
    if wildcards.tokenizer == "full":
        return f"{RESULTS}/backbones/{wildcards.backbone}/tokenizer.json"
    return f"{RESULTS}/tokens/{wildcards.backbone}/{wildcards.tokenizer}/tokenizer.json"


def task_tables(wildcards):
    """The canonical tables that a task's features are made of."""
    return {name: f"{RESULTS}/data/{name}.parquet" for name in conditions.TASK_TABLES[wildcards.task]}


rule reduce_tokenizer:
    message:
        "Cut the vocabulary of {wildcards.backbone} to {wildcards.tokenizer}"
    input:
        tokenizer=f"{BACKBONE}/tokenizer.json",
    output:
        tokenizer=f"{TOKENS}/tokenizer.json",
    wildcard_constraints:
        tokenizer="first-r[0-9]{2}",
    log:
        RESULTS + "/logs/reduce_tokenizer/{backbone}-{tokenizer}.log",
    params:
        code=code("reduce_tokenizer"),
    resources:
        mem_mb=1000,
        runtime=10,
    conda:
        "../envs/cpu.yaml"
    script:
        "../workflow_scripts/reduce_tokenizer.py"


rule tokenize_corpus:
    message:
        "Tokenise the corpus for {wildcards.backbone} ({wildcards.tokenizer})"
    input:
        corpus=f"{RESULTS}/data/corpus.parquet",
        tokenizer=tokenizer_file,
    output:
        rows=f"{TOKENS}/corpus-{{length}}.npy",
        index=f"{TOKENS}/corpus-{{length}}.json",
    wildcard_constraints:
        length="[0-9]+",
    log:
        RESULTS + "/logs/tokenize_corpus/{backbone}-{tokenizer}-{length}.log",
    params:
        languages=CONFIG.data.languages,
        code=code("tokenize_corpus"),
    resources:
        mem_mb=2000,
        runtime=120,
    conda:
        "../envs/cpu.yaml"
    script:
        "../workflow_scripts/tokenize_corpus.py"


rule tokenize_task:
    message:
        "Tokenise {wildcards.task} for {wildcards.backbone} ({wildcards.tokenizer})"
    input:
        unpack(task_tables),
        tokenizer=tokenizer_file,
    output:
        features=f"{TOKENS}/{{task}}.parquet",
    log:
        RESULTS + "/logs/tokenize_task/{backbone}-{tokenizer}-{task}.log",
    params:
        settings=task_settings,
        languages=CONFIG.data.languages,
        code=lambda wildcards: code("tokenize_task", f"semantic_tokens.tasks.{wildcards.task}"),
    resources:
        mem_mb=2000,
        runtime=60,
    conda:
        "../envs/cpu.yaml"
    script:
        "../workflow_scripts/tokenize_task.py"
