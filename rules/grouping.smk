"""Groups and grouped models. Takes a table and a backbone; gives partition.parquet, and the model over its groups."""


rule group:
    input:
        unpack(of(NEEDS.grouping)),
        embeddings=LAYOUT.embeddings(ANY_ALIGNED),
        tokenizer=LAYOUT.tokenizer("{backbone}"),
    output:
        partition=LAYOUT.partition(ANY_GROUPED),
    log:
        LAYOUT.log("group", ANY_GROUPED),
    benchmark:
        LAYOUT.benchmark("group", ANY_GROUPED)
    # Submitted with the model, which is built on it in a minute.
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
        grouping=of(NEEDS.grouping_settings),
        semantic_embedding=of(NEEDS.own_semantic_embedding),
        checkpoint=LAYOUT.checkpoint("group", ANY_GROUPED),
        seed=CONFIG.run.seed,
        device=CONFIG.compute.device,
        threads=CONFIG.compute.threads,
        code=lambda wildcards: code("group", NEEDS.grouping_module(wildcards.grouping)),
    message:
        "Group the vocabulary: {wildcards.backbone} d{wildcards.dim} {wildcards.alignment} {wildcards.grouping}"
    script:
        "../workflow_scripts/steps/grouping/group.py"


rule build_model:
    input:
        unpack(of(NEEDS.group_rows)),
        unpack(lambda wildcards: NEEDS.finished_backbone(wildcards.backbone)),
        embeddings=LAYOUT.embeddings(ANY_ALIGNED),
        partition=rules.group.output.partition,
    output:
        **LAYOUT.model(f"{ANY_GROUPED}/none"),
    log:
        LAYOUT.log("build_model", ANY_GROUPED),
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
