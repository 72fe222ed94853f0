"""Embedding tables and partitions. Takes a backbone, dictionaries and token caches; gives, for each condition's prefix,
embeddings.safetensors and partition.parquet.
"""

ALIGNED = f"{CONDITIONS}/{{backbone}}/d{{dim}}/{{alignment}}"


rule extract_embeddings:
    input:
        config=f"{BACKBONE}/config.json",
        model=f"{BACKBONE}/model.safetensors",
        tokenizer=f"{BACKBONE}/tokenizer.json",
    output:
        embeddings=f"{CONDITIONS}/{{backbone}}/d{{dim}}/none/embeddings.safetensors",
    log:
        f"{RESULTS}/logs/extract_embeddings/{{backbone}}-d{{dim}}.log",
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=3000,
        runtime=10,
    params:
        threads=CONFIG.compute.threads,
        code=code("extract_embeddings"),
    message:
        "Word embeddings of {wildcards.backbone}, first {wildcards.dim} dimensions"
    script:
        "../workflow_scripts/extract_embeddings.py"


rule align:
    input:
        embeddings=f"{CONDITIONS}/{{backbone}}/d{{dim}}/none/embeddings.safetensors",
        tokenizer=f"{BACKBONE}/tokenizer.json",
        word_pairs=f"{RESULTS}/data/word_pairs.parquet",
    output:
        embeddings=f"{CONDITIONS}/{{backbone}}/d{{dim}}/clsa-{{sources}}/embeddings.safetensors",
        history=f"{CONDITIONS}/{{backbone}}/d{{dim}}/clsa-{{sources}}/history.csv",
        coverage=f"{CONDITIONS}/{{backbone}}/d{{dim}}/clsa-{{sources}}/coverage.csv",
    log:
        f"{RESULTS}/logs/align/{{backbone}}-d{{dim}}-clsa-{{sources}}.log",
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=3000,
        runtime=60,
    params:
        alignment=settings(CONFIG.alignment),
        seed=CONFIG.run.seed,
        threads=CONFIG.compute.threads,
        code=code("align"),
    message:
        "Align the embeddings of {wildcards.backbone} on the dictionaries {wildcards.sources}"
    script:
        "../workflow_scripts/align.py"


rule group:
    input:
        unpack(tokens_with_languages),
        embeddings=f"{ALIGNED}/embeddings.safetensors",
        tokenizer=f"{BACKBONE}/tokenizer.json",
    output:
        partition=f"{ALIGNED}/{{grouping}}/partition.parquet",
    log:
        f"{RESULTS}/logs/group/{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/group/{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}.tsv"
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=3000,
        runtime=240,
    params:
        max_iterations=CONFIG.grouping.max_iterations,
        seed=CONFIG.run.seed,
        device=CONFIG.compute.device,
        threads=CONFIG.compute.threads,
        code=lambda wildcards: code("group", grouping_method(wildcards)),
    message:
        "Group the vocabulary: {wildcards.backbone} d{wildcards.dim} {wildcards.alignment} {wildcards.grouping}"
    script:
        "../workflow_scripts/group.py"
