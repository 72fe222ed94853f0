"""Retrieval over a large collection (`tasks.retrieval.shards`): training, encoding in shards and search are jobs of their own.

Takes what `score` takes; gives the same file of scores. The trained model and the vectors go when they have been read.
"""

RETRIEVAL = f"{CONDITION}/scores/retrieval@{{transfer}}#{{seed}}"
OF_CONDITION = "{backbone}-d{dim}-{alignment}-{grouping}-{pretraining}/retrieval@{transfer}#{seed}"
SHARDS = CONFIG.tasks.retrieval.shards


rule train_retriever:
    input:
        unpack(task_inputs),
        config=f"{CONDITION}/config.json",
        model=f"{CONDITION}/model.safetensors",
        partition=f"{ALIGNED}/{{grouping}}/partition.parquet",
    output:
        config=temp(f"{RETRIEVAL}.model/config.json"),
        model=temp(f"{RETRIEVAL}.model/model.safetensors"),
    log:
        f"{RESULTS}/logs/train_retriever/{OF_CONDITION}.log",
    benchmark:
        f"{RESULTS}/benchmarks/train_retriever/{OF_CONDITION}.tsv"
    conda:
        "../envs/cpu.yaml"
    threads: CONFIG.compute.threads
    resources:
        # Of training as in `score`; and the collection, some 700 bytes a passage (token ids, its id and language).
        mem_mb=lambda wildcards, attempt: fine_tuning_memory(wildcards, attempt, more=4000),
        runtime=1440,
        gpu=GPUS,
        gpu_memory=GPU_MEMORY,
    params:
        host_memory=update_memory,
        settings=lambda wildcards: training_settings("retrieval", wildcards) | {"shards": None},
        device=CONFIG.compute.device,
        precision=CONFIG.compute.precision,
        threads=CONFIG.compute.threads,
        checkpoints=f"{RESULTS}/checkpoints/train_retriever-{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}-{{pretraining}}@{{transfer}}#{{seed}}",
        code=code("train_retriever"),
    message:
        "Train the retriever: {wildcards.backbone} d{wildcards.dim} {wildcards.alignment} {wildcards.grouping} "
        "{wildcards.pretraining}, {wildcards.transfer}, seed {wildcards.seed}"
    script:
        "../workflow_scripts/steps/sharded_retrieval/train_retriever.py"


rule encode_passages:
    input:
        unpack(task_inputs),
        config=f"{RETRIEVAL}.model/config.json",
        model=f"{RETRIEVAL}.model/model.safetensors",
        partition=f"{ALIGNED}/{{grouping}}/partition.parquet",
    output:
        vectors=temp(f"{RETRIEVAL}.vectors/{{shard}}-of-{SHARDS}.npy"),
    log:
        f"{RESULTS}/logs/encode_passages/{OF_CONDITION}-{{shard}}-of-{SHARDS}.log",
    benchmark:
        f"{RESULTS}/benchmarks/encode_passages/{OF_CONDITION}-{{shard}}-of-{SHARDS}.tsv"
    wildcard_constraints:
        shard="[0-9]+",
    conda:
        "../envs/cpu.yaml"
    threads: CONFIG.compute.threads
    resources:
        # Weights without gradient or moments, the token ids of a shard and one block of vectors.
        mem_mb=memory(4000, tables=2),
        runtime=480,
        gpu=GPUS,
    params:
        shards=SHARDS,
        device=CONFIG.compute.device,
        precision=CONFIG.compute.precision,
        threads=CONFIG.compute.threads,
        code=code("encode_passages"),
    message:
        "Encode passages, shard {wildcards.shard} of {params.shards}: {wildcards.backbone} d{wildcards.dim} "
        "{wildcards.alignment} {wildcards.grouping} {wildcards.pretraining}, {wildcards.transfer}, seed {wildcards.seed}"
    script:
        "../workflow_scripts/steps/sharded_retrieval/encode_passages.py"


rule search_passages:
    input:
        unpack(task_inputs),
        vectors=expand(f"{RETRIEVAL}.vectors/{{shard}}-of-{SHARDS}.npy", shard=range(SHARDS), allow_missing=True),
    output:
        scores=f"{RETRIEVAL}.parquet",
    log:
        f"{RESULTS}/logs/search_passages/{OF_CONDITION}.log",
    benchmark:
        f"{RESULTS}/benchmarks/search_passages/{OF_CONDITION}.tsv"
    conda:
        "../envs/cpu.yaml"
    threads: CONFIG.compute.threads
    resources:
        # Ids and languages of the passages, and one block of vectors; the files of vectors are mapped.
        mem_mb=memory(4000),
        runtime=480,
    params:
        split=CONFIG.run.evaluation_split,
        threads=CONFIG.compute.threads,
        code=code("search_passages"),
    message:
        "Search and score retrieval: {wildcards.backbone} d{wildcards.dim} {wildcards.alignment} {wildcards.grouping} "
        "{wildcards.pretraining}, {wildcards.transfer}, seed {wildcards.seed}"
    script:
        "../workflow_scripts/steps/sharded_retrieval/search_passages.py"
