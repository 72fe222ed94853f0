"""Embedding tables and partitions. Takes a backbone, dictionaries and token caches; gives, for each condition's prefix,
embeddings.safetensors and partition.parquet.
"""

ALIGNED = CONDITIONS + "/{backbone}/d{dim}/{alignment}"


rule extract_embeddings:
    message:
        "Word embeddings of {wildcards.backbone}, first {wildcards.dim} dimensions"
    input:
        config=f"{BACKBONE}/config.json",
        model=f"{BACKBONE}/model.safetensors",
        tokenizer=f"{BACKBONE}/tokenizer.json",
    output:
        embeddings=CONDITIONS + "/{backbone}/d{dim}/none/embeddings.safetensors",
    log:
        RESULTS + "/logs/extract_embeddings/{backbone}-d{dim}.log",
    params:
        threads=CONFIG.compute.threads,
        code=code("extract_embeddings"),
    resources:
        mem_mb=3000,
        runtime=10,
    conda:
        "../envs/cpu.yaml"
    script:
        "../workflow_scripts/extract_embeddings.py"


rule align:
    message:
        "Align the embeddings of {wildcards.backbone} on the dictionaries {wildcards.sources}"
    input:
        embeddings=CONDITIONS + "/{backbone}/d{dim}/none/embeddings.safetensors",
        tokenizer=f"{BACKBONE}/tokenizer.json",
        word_pairs=f"{RESULTS}/data/word_pairs.parquet",
    output:
        embeddings=CONDITIONS + "/{backbone}/d{dim}/clsa-{sources}/embeddings.safetensors",
        history=CONDITIONS + "/{backbone}/d{dim}/clsa-{sources}/history.csv",
        coverage=CONDITIONS + "/{backbone}/d{dim}/clsa-{sources}/coverage.csv",
    log:
        RESULTS + "/logs/align/{backbone}-d{dim}-clsa-{sources}.log",
    params:
        alignment=settings(CONFIG.alignment),
        seed=CONFIG.run.seed,
        threads=CONFIG.compute.threads,
        code=code("align"),
    resources:
        mem_mb=3000,
        runtime=60,
    conda:
        "../envs/cpu.yaml"
    script:
        "../workflow_scripts/align.py"


def grouping_method(wildcards):
    return f"semantic_tokens.grouping.methods.{Grouping.parse(wildcards.grouping).method.replace('-', '_')}"


rule group:
    message:
        "Group the vocabulary: {wildcards.backbone} d{wildcards.dim} {wildcards.alignment} {wildcards.grouping}"
    input:
        unpack(pretraining_tokens),
        embeddings=f"{ALIGNED}/embeddings.safetensors",
        tokenizer=f"{BACKBONE}/tokenizer.json",
    output:
        partition=ALIGNED + "/{grouping}/partition.parquet",
    log:
        RESULTS + "/logs/group/{backbone}-d{dim}-{alignment}-{grouping}.log",
    benchmark:
        RESULTS + "/benchmarks/group/{backbone}-d{dim}-{alignment}-{grouping}.tsv"
    params:
        max_iterations=CONFIG.grouping.max_iterations,
        seed=CONFIG.run.seed,
        device=CONFIG.compute.device,
        threads=CONFIG.compute.threads,
        code=lambda wildcards: code("group", grouping_method(wildcards)),
    resources:
        mem_mb=3000,
        runtime=240,
    conda:
        "../envs/cpu.yaml"
    script:
        "../workflow_scripts/group.py"
