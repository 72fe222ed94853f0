"""Fine-tuning and scores. Takes a model and the features of its tasks; gives one row per task, language and metric."""


rule score:
    input:
        unpack(lambda wildcards: NEEDS.scored(Condition.from_wildcards(wildcards), wildcards.tasks)),
        unpack(of(NEEDS.grouped_model)),
    output:
        scores=LAYOUT.scores(ANY_CONDITION, ANY_UNIT),
    log:
        LAYOUT.log("score", ANY_CONDITION, ANY_UNIT),
    benchmark:
        LAYOUT.benchmark("score", ANY_CONDITION, ANY_UNIT)
    group:
        "scores"
    conda:
        "../envs/cpu.yaml"
    threads: CONFIG.compute.threads
    resources:
        mem_mb=memory(0, own=NEEDS.update_mb),
        runtime=1440,
        gpu=GPUS,
        gpu_memory=GPU_MEMORY,
    params:
        host_memory=of(NEEDS.update_memory),
        settings=lambda wildcards: {t: NEEDS.training(t, wildcards.transfer) for t in wildcards.tasks.split("+")},
        split=CONFIG.run.evaluation_split,
        seed=CONFIG.run.seed,
        device=CONFIG.compute.device,
        precision=CONFIG.compute.precision,
        threads=CONFIG.compute.threads,
        # Of a training that takes minutes, to resume after a kill; a file for each task.
        checkpoints=LAYOUT.checkpoint("score", ANY_CONDITION, ANY_UNIT),
        code=lambda wildcards: code("score", *(f"semantic_tokens.tasks.{t}" for t in wildcards.tasks.split("+"))),
    message:
        "Fine-tune and score {wildcards.tasks}: {wildcards.backbone} d{wildcards.dim} {wildcards.alignment} "
        "{wildcards.grouping} {wildcards.pretraining}, {wildcards.transfer}, seed {wildcards.seed}"
    script:
        "../workflow_scripts/steps/fine_tuning/score.py"


if CONFIG.tasks.retrieval and CONFIG.tasks.retrieval.shards:

    include: "sharded_retrieval.smk"

    ruleorder: search_passages > score
