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
    threads: CONFIG.compute.threads
    resources:
        mem_mb=memory(1500, tables=1),
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
        chosen_rate=chosen_rate,
    output:
        embeddings=f"{CONDITIONS}/{{backbone}}/d{{dim}}/{{alignment_method}}-{{sources}}/embeddings.safetensors",
        history=f"{CONDITIONS}/{{backbone}}/d{{dim}}/{{alignment_method}}-{{sources}}/history.csv",
        coverage=f"{CONDITIONS}/{{backbone}}/d{{dim}}/{{alignment_method}}-{{sources}}/coverage.csv",
    log:
        f"{RESULTS}/logs/align/{{backbone}}-d{{dim}}-{{alignment_method}}-{{sources}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/align/{{backbone}}-d{{dim}}-{{alignment_method}}-{{sources}}.tsv"
    wildcard_constraints:
        alignment_method=one_of(conditions.ALIGNMENTS),
        sources=conditions.NAME,
    conda:
        "../envs/cpu.yaml"
    threads: CONFIG.compute.threads
    resources:
        # The table, and of its rows a copy, gradient, two moments, the best so far and what is written.
        mem_mb=memory(3000, tables=8),
        runtime=120,
        gpu=GPUS,
    params:
        alignment=settings(CONFIG.alignment.model_copy(update={"source_sets": {}})),
        sources=lambda wildcards: CONFIG.alignment.source_sets[wildcards.sources],
        seed=CONFIG.run.seed,
        device=CONFIG.compute.device,
        threads=CONFIG.compute.threads,
        code=code("align"),
    message:
        "Align the embeddings of {wildcards.backbone}, {wildcards.alignment_method} on the source set {wildcards.sources}"
    script:
        "../workflow_scripts/align.py"


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
        "../workflow_scripts/group.py"
