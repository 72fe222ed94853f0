"""Token caches. Takes a tokenizer and a canonical table; gives {RESULTS}/tokens/{backbone}/{tokenizer}/.

Text is tokenised once for each tokenizer. All groupings but those that cut the tokenizer look group ids up in the cache `full`.
"""


rule reduce_tokenizer:
    input:
        tokenizer=LAYOUT.tokenizer("{backbone}"),
    output:
        tokenizer=LAYOUT.tokenizer("{backbone}", "{tokenizer}"),
    log:
        LAYOUT.log("reduce_tokenizer", "{backbone}/{tokenizer}"),
    wildcard_constraints:
        tokenizer=conditions.CUT_TOKENIZER,
    group:
        "tokens"
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=memory(1000),
        runtime=10,
    params:
        code=lambda wildcards: code("reduce_tokenizer", NEEDS.grouping_module(wildcards.tokenizer)),
    message:
        "Reduce the vocabulary of {wildcards.backbone} to {wildcards.tokenizer}"
    script:
        "../workflow_scripts/steps/tokens/reduce_tokenizer.py"


rule tokenize_corpus:
    input:
        **({"amounts": LAYOUT.data_notes("corpus", "amounts")} if CONFIG.data.kind == "upstream" else {}),
        corpus=LAYOUT.data("corpus"),
        tokenizer=lambda wildcards: LAYOUT.tokenizer(wildcards.backbone, wildcards.tokenizer),
    output:
        **LAYOUT.token_cache("{backbone}", "{tokenizer}", "{length}"),
    log:
        LAYOUT.log("tokenize_corpus", "{backbone}/{tokenizer}/{length}"),
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
        languages=NEEDS.corpus_languages(),
        code=code("tokenize_corpus"),
    message:
        "Tokenise the corpus for {wildcards.backbone} ({wildcards.tokenizer})"
    script:
        "../workflow_scripts/steps/tokens/tokenize_corpus.py"


# One rule per task, so that asking for one reads no other's tables. Without torch, such a process starts in half a second.
for task in CONFIG.tasks.named():

    rule:
        name:
            f"tokenize_{task}"
        input:
            **NEEDS.task_tables(task),
            tokenizer=lambda wildcards: LAYOUT.tokenizer(wildcards.backbone, wildcards.tokenizer),
        output:
            **{task: LAYOUT.features("{backbone}", "{tokenizer}", task)},
        log:
            LAYOUT.log("tokenize_task", f"{{backbone}}/{{tokenizer}}/{task}"),
        group:
            "tokens"
        conda:
            "../envs/cpu.yaml"
        resources:
            mem_mb=memory(2000),
            runtime=60,
        params:
            settings={task: NEEDS.encoding(task)},
            languages=NEEDS.table_languages(),
            code=code("tokenize_tasks", f"semantic_tokens.tasks.{task}"),
        message:
            f"Tokenise the examples of {task} for {{wildcards.backbone}} ({{wildcards.tokenizer}})"
        script:
            "../workflow_scripts/steps/tokens/tokenize_tasks.py"
