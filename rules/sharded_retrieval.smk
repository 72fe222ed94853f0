"""Retrieval over a large collection (`tasks.retrieval.shards`): training, encoding in shards and search are separate jobs.

Takes what `score` takes; gives the same file of scores. The trained model and the vectors go when they have been read.
"""

RETRIEVAL = "retrieval@{transfer}#{seed}"
SHARD = f"{{shard}}-of-{CONFIG.tasks.retrieval.shards}"
SHARDS = CONFIG.tasks.retrieval.shards


rule train_retriever:
    input:
        unpack(lambda wildcards: NEEDS.scored(Condition.from_wildcards(wildcards), "retrieval")),
        unpack(of(NEEDS.grouped_model)),
    output:
        **{name: temp(path) for name, path in LAYOUT.retriever(ANY_CONDITION, RETRIEVAL).items()},
    log:
        LAYOUT.log("train_retriever", ANY_CONDITION, RETRIEVAL),
    benchmark:
        LAYOUT.benchmark("train_retriever", ANY_CONDITION, RETRIEVAL)
    conda:
        "../envs/cpu.yaml"
    threads: CONFIG.compute.threads
    resources:
        # Of training as in `score`; and the collection, about 700 bytes per passage (token ids, its id and language).
        mem_mb=memory(4000, own=NEEDS.update_mb),
        runtime=1440,
        gpu=GPUS,
        gpu_memory=GPU_MEMORY,
    params:
        host_memory=of(NEEDS.update_memory),
        settings=lambda wildcards: NEEDS.training("retrieval", wildcards.transfer) | {"shards": None},
        seed=CONFIG.run.seed,
        device=CONFIG.compute.device,
        precision=CONFIG.compute.precision,
        threads=CONFIG.compute.threads,
        checkpoints=LAYOUT.checkpoint("train_retriever", ANY_CONDITION, RETRIEVAL),
        code=code("train_retriever"),
    message:
        "Train the retriever: {wildcards.backbone} d{wildcards.dim} {wildcards.alignment} {wildcards.grouping} "
        "{wildcards.pretraining}, {wildcards.transfer}, seed {wildcards.seed}"
    script:
        "../workflow_scripts/steps/sharded_retrieval/train_retriever.py"


rule encode_passages:
    input:
        unpack(lambda wildcards: NEEDS.scored(Condition.from_wildcards(wildcards), "retrieval")),
        config=rules.train_retriever.output.config,
        model=rules.train_retriever.output.model,
        partition=LAYOUT.partition(ANY_CONDITION),
    output:
        vectors=temp(LAYOUT.vectors(ANY_CONDITION, RETRIEVAL, SHARD)),
    log:
        LAYOUT.log("encode_passages", ANY_CONDITION, f"{RETRIEVAL}-{SHARD}"),
    benchmark:
        LAYOUT.benchmark("encode_passages", ANY_CONDITION, f"{RETRIEVAL}-{SHARD}")
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
        reading={key: getattr(CONFIG.tasks.retrieval, key) for key in ("pooling", "similarity")},
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
        unpack(lambda wildcards: NEEDS.scored(Condition.from_wildcards(wildcards), "retrieval")),
        vectors=expand(rules.encode_passages.output.vectors, shard=range(SHARDS), allow_missing=True),
    output:
        scores=LAYOUT.scores(ANY_CONDITION, RETRIEVAL),
    log:
        LAYOUT.log("search_passages", ANY_CONDITION, RETRIEVAL),
    benchmark:
        LAYOUT.benchmark("search_passages", ANY_CONDITION, RETRIEVAL)
    conda:
        "../envs/cpu.yaml"
    threads: CONFIG.compute.threads
    resources:
        # Ids and languages of the passages, and one block of vectors; the files of vectors are mapped.
        mem_mb=memory(4000),
        runtime=480,
    params:
        split=CONFIG.run.evaluation_split,
        settings=lambda wildcards: NEEDS.training("retrieval", wildcards.transfer) | {"shards": None},
        threads=CONFIG.compute.threads,
        code=code("search_passages"),
    message:
        "Search and score retrieval: {wildcards.backbone} d{wildcards.dim} {wildcards.alignment} {wildcards.grouping} "
        "{wildcards.pretraining}, {wildcards.transfer}, seed {wildcards.seed}"
    script:
        "../workflow_scripts/steps/sharded_retrieval/search_passages.py"
