"""Groups and grouped models. Takes a table and a backbone; gives partition.parquet, and the model over its groups."""


rule group:
    input:
        unpack(tokens_with_languages),
        unpack(linking_words),
        embeddings=f"{ALIGNED}/embeddings.safetensors",
        tokenizer=f"{BACKBONE}/tokenizer.json",
    output:
        partition=f"{ALIGNED}/{{grouping}}/partition.parquet",
    log:
        f"{RESULTS}/logs/group/{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/group/{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}.tsv"
    # With the model that is built on it in a minute.
    group:
        "grouping"
    conda:
        "../envs/cpu.yaml"
    threads: CONFIG.compute.threads
    resources:
        # The table, its unit rows, and centroids with what moves them.
        mem_mb=memory(3000, tables=6),
        runtime=240,
        gpu=GPUS,
    params:
        grouping=grouping_settings,
        checkpoint=group_checkpoint,
        seed=CONFIG.run.seed,
        device=CONFIG.compute.device,
        threads=CONFIG.compute.threads,
        code=lambda wildcards: code("group", grouping_method(wildcards)),
    message:
        "Group the vocabulary: {wildcards.backbone} d{wildcards.dim} {wildcards.alignment} {wildcards.grouping}"
    script:
        "../workflow_scripts/steps/grouping/group.py"


rule build_model:
    input:
        config=f"{BACKBONE}/config.json",
        model=f"{BACKBONE}/model.safetensors",
        embeddings=f"{ALIGNED}/embeddings.safetensors",
        partition=f"{ALIGNED}/{{grouping}}/partition.parquet",
    output:
        config=f"{ALIGNED}/{{grouping}}/none/config.json",
        model=f"{ALIGNED}/{{grouping}}/none/model.safetensors",
    log:
        f"{RESULTS}/logs/build_model/{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}.log",
    group:
        "grouping"
    conda:
        "../envs/cpu.yaml"
    threads: CONFIG.compute.threads
    resources:
        mem_mb=memory(6000),
        runtime=15,
    params:
        semantic_embedding=CONFIG.grouping.semantic_embedding,
        threads=CONFIG.compute.threads,
        code=code("build_model"),
    message:
        "Build the grouped model {wildcards.backbone} d{wildcards.dim} {wildcards.alignment} {wildcards.grouping}"
    script:
        "../workflow_scripts/steps/grouping/build_model.py"
