"""Embedding tables, before and after alignment. Takes a backbone and dictionaries; gives embeddings.safetensors."""

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
        "../workflow_scripts/steps/alignment/extract_embeddings.py"


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
        alignment=settings(CONFIG.alignment, without={"source_sets"}),
        sources=lambda wildcards: CONFIG.alignment.source_sets[wildcards.sources],
        seed=CONFIG.run.seed,
        device=CONFIG.compute.device,
        threads=CONFIG.compute.threads,
        code=code("align"),
    message:
        "Align the embeddings of {wildcards.backbone}, {wildcards.alignment_method} on the source set {wildcards.sources}"
    script:
        "../workflow_scripts/steps/alignment/align.py"
