"""Fine-tuning and scores. Takes a model and the features of its tasks; gives one row a task, language and metric."""


rule score:
    input:
        unpack(task_inputs),
        unpack(scored_model),
    output:
        scores=f"{CONDITION}/scores/{{tasks}}@{{transfer}}#{{seed}}.parquet",
    log:
        f"{RESULTS}/logs/score/{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}-{{pretraining}}/{{tasks}}@{{transfer}}#{{seed}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/score/{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}-{{pretraining}}/{{tasks}}@{{transfer}}#{{seed}}.tsv"
    group:
        "scores"
    conda:
        "../envs/cpu.yaml"
    threads: CONFIG.compute.threads
    resources:
        mem_mb=fine_tuning_memory,
        runtime=1440,
        gpu=GPUS,
        gpu_memory=GPU_MEMORY,
    params:
        host_memory=update_memory,
        settings=lambda wildcards: {t: training_settings(t, wildcards) for t in wildcards.tasks.split("+")},
        split=CONFIG.run.evaluation_split,
        device=CONFIG.compute.device,
        precision=CONFIG.compute.precision,
        threads=CONFIG.compute.threads,
        # Of a training that takes minutes, to go on from after a kill; removed at the end.
        checkpoints=f"{RESULTS}/checkpoints/score-{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}-{{pretraining}}-{{tasks}}@{{transfer}}#{{seed}}",
        code=lambda wildcards: code("score", *(f"semantic_tokens.tasks.{t}" for t in wildcards.tasks.split("+"))),
    message:
        "Fine-tune and score {wildcards.tasks}: {wildcards.backbone} d{wildcards.dim} {wildcards.alignment} "
        "{wildcards.grouping} {wildcards.pretraining}, {wildcards.transfer}, seed {wildcards.seed}"
    script:
        "../workflow_scripts/steps/fine_tuning/score.py"


if CONFIG.tasks.retrieval and CONFIG.tasks.retrieval.shards:

    include: "sharded_retrieval.smk"

    ruleorder: search_passages > score
