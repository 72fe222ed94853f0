"""Grouped models. Takes a backbone, its (aligned) table and a partition; gives config.json and model.safetensors over V'."""


rule build_model:
    message:
        "Build the grouped model {wildcards.backbone} d{wildcards.dim} {wildcards.alignment} {wildcards.grouping}"
    input:
        config=f"{BACKBONE}/config.json",
        model=f"{BACKBONE}/model.safetensors",
        embeddings=f"{ALIGNED}/embeddings.safetensors",
        partition=ALIGNED + "/{grouping}/partition.parquet",
    output:
        config=ALIGNED + "/{grouping}/none/config.json",
        model=ALIGNED + "/{grouping}/none/model.safetensors",
    log:
        RESULTS + "/logs/build_model/{backbone}-d{dim}-{alignment}-{grouping}.log",
    params:
        semantic_embedding=CONFIG.grouping.semantic_embedding,
        threads=CONFIG.compute.threads,
        code=code("build_model"),
    resources:
        mem_mb=6000,
        runtime=15,
    conda:
        "../envs/cpu.yaml"
    script:
        "../workflow_scripts/build_model.py"


rule pretrain_further:
    message:
        "Continue pretraining {wildcards.backbone} d{wildcards.dim} {wildcards.alignment} {wildcards.grouping}"
    input:
        unpack(condition_tokens),
        config=ALIGNED + "/{grouping}/none/config.json",
        model=ALIGNED + "/{grouping}/none/model.safetensors",
        partition=ALIGNED + "/{grouping}/partition.parquet",
        tokenizer=f"{BACKBONE}/tokenizer.json",
    output:
        config=ALIGNED + "/{grouping}/mlm/config.json",
        model=ALIGNED + "/{grouping}/mlm/model.safetensors",
        losses=ALIGNED + "/{grouping}/mlm/losses.csv",
    log:
        RESULTS + "/logs/pretrain_further/{backbone}-d{dim}-{alignment}-{grouping}.log",
    benchmark:
        RESULTS + "/benchmarks/pretrain_further/{backbone}-d{dim}-{alignment}-{grouping}.tsv"
    params:
        pretraining=settings(CONFIG.pretraining),
        checkpoint=RESULTS + "/checkpoints/{backbone}-d{dim}-{alignment}-{grouping}.pt",
        seed=CONFIG.run.seed,
        device=CONFIG.compute.device,
        threads=CONFIG.compute.threads,
        code=code("pretrain_further"),
    resources:
        mem_mb=3000,
        runtime=2880,
    conda:
        "../envs/cpu.yaml"
    script:
        "../workflow_scripts/pretrain_further.py"
