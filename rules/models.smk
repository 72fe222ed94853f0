"""Grouped models. Takes a backbone, its (aligned) table and a partition; gives config.json and model.safetensors over V'."""


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
        "../workflow_scripts/build_model.py"


rule pretrain_further:
    input:
        unpack(condition_tokens),
        config=f"{ALIGNED}/{{grouping}}/none/config.json",
        model=f"{ALIGNED}/{{grouping}}/none/model.safetensors",
        partition=f"{ALIGNED}/{{grouping}}/partition.parquet",
        tokenizer=f"{BACKBONE}/tokenizer.json",
    output:
        config=f"{ALIGNED}/{{grouping}}/mlm/config.json",
        model=f"{ALIGNED}/{{grouping}}/mlm/model.safetensors",
        losses=f"{ALIGNED}/{{grouping}}/mlm/losses.csv",
    log:
        f"{RESULTS}/logs/pretrain_further/{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/pretrain_further/{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}.tsv"
    conda:
        "../envs/cpu.yaml"
    threads: CONFIG.compute.threads
    resources:
        # Besides the model's body: weights, gradient and two moments of the table, and what is written.
        mem_mb=memory(4000, tables=6),
        runtime=2880,
        gpu=GPUS,
    params:
        pretraining=settings(CONFIG.pretraining),
        checkpoint=f"{RESULTS}/checkpoints/{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}.pt",
        seed=CONFIG.run.seed,
        device=CONFIG.compute.device,
        threads=CONFIG.compute.threads,
        code=code("pretrain_further"),
    message:
        "Continue pretraining {wildcards.backbone} d{wildcards.dim} {wildcards.alignment} {wildcards.grouping}"
    script:
        "../workflow_scripts/pretrain_further.py"
