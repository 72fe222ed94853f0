"""Token caches. Takes a tokenizer and a canonical table; gives {RESULTS}/tokens/{backbone}/{tokenizer}/.

Text is tokenised once for each tokenizer. All groupings but those that cut the tokenizer look group ids up in the cache `full`.
"""

TOKENS = f"{RESULTS}/tokens/{{backbone}}/{{tokenizer}}"


rule reduce_tokenizer:
    input:
        tokenizer=f"{BACKBONE}/tokenizer.json",
    output:
        tokenizer=f"{TOKENS}/tokenizer.json",
    log:
        f"{RESULTS}/logs/reduce_tokenizer/{{backbone}}-{{tokenizer}}.log",
    wildcard_constraints:
        tokenizer=WILDCARDS["tokenizer"].removeprefix("full|"),
    group:
        "tokens"
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=10,
    params:
        code=lambda wildcards: code("reduce_tokenizer", grouping_method(wildcards)),
    message:
        "Cut the vocabulary of {wildcards.backbone} to {wildcards.tokenizer}"
    script:
        "../workflow_scripts/steps/tokens/reduce_tokenizer.py"


rule tokenize_corpus:
    input:
        **({"amounts": f"{RESULTS}/data/corpus.amounts.csv"} if CONFIG.data.kind == "upstream" else {}),
        corpus=f"{RESULTS}/data/corpus.parquet",
        tokenizer=tokenizer_file,
    output:
        rows=f"{TOKENS}/corpus-{{length}}.npy",
        index=f"{TOKENS}/corpus-{{length}}.json",
    log:
        f"{RESULTS}/logs/tokenize_corpus/{{backbone}}-{{tokenizer}}-{{length}}.log",
    wildcard_constraints:
        length="[0-9]+",
    group:
        "tokens"
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=600,
    params:
        languages=corpus_languages(),
        code=code("tokenize_corpus"),
    message:
        "Tokenise the corpus for {wildcards.backbone} ({wildcards.tokenizer})"
    script:
        "../workflow_scripts/steps/tokens/tokenize_corpus.py"


# One rule a bundle, so that tasks of seconds share a process and adding a task leaves the others as they are.
for bundle in CONFIG.compute.bundles:

    rule:
        name:
            f"tokenize_{'_'.join(bundle)}"
        input:
            **feature_tables(bundle),
            tokenizer=tokenizer_file,
        output:
            **{task: f"{TOKENS}/{task}.parquet" for task in bundle},
        log:
            f"{RESULTS}/logs/tokenize_task/{{backbone}}-{{tokenizer}}-{'+'.join(bundle)}.log",
        group:
            "tokens"
        conda:
            "../envs/cpu.yaml"
        resources:
            mem_mb=memory(2000),
            runtime=60,
        params:
            settings={task: CONFIG.tasks.named()[task].for_encoding() for task in bundle},
            languages=table_languages(),
            code=code("tokenize_tasks", *(f"semantic_tokens.tasks.{task}" for task in bundle)),
        message:
            f"Tokenise the examples of {', '.join(bundle)} for {{wildcards.backbone}} ({{wildcards.tokenizer}})"
        script:
            "../workflow_scripts/steps/tokens/tokenize_tasks.py"
