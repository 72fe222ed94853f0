"""Fine-tuning and scores. Takes a model and the features of its tasks; gives one row a task, language and metric."""


rule score:
    input:
        unpack(task_inputs),
        config=f"{CONDITION}/config.json",
        model=f"{CONDITION}/model.safetensors",
        partition=f"{ALIGNED}/{{grouping}}/partition.parquet",
    output:
        scores=f"{CONDITION}/scores/{{tasks}}@{{transfer}}#{{seed}}.parquet",
    log:
        f"{RESULTS}/logs/score/{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}-{{pretraining}}/{{tasks}}@{{transfer}}#{{seed}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/score/{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}-{{pretraining}}/{{tasks}}@{{transfer}}#{{seed}}.tsv"
    conda:
        "../envs/cpu.yaml"
    threads: CONFIG.compute.threads
    resources:
        mem_mb=3000,
        runtime=1440,
    params:
        settings=lambda wildcards: {t: settings(CONFIG.tasks.named()[t]) for t in wildcards.tasks.split("+")},
        split=CONFIG.run.evaluation_split,
        device=CONFIG.compute.device,
        threads=CONFIG.compute.threads,
        code=lambda wildcards: code("score", *(f"semantic_tokens.tasks.{t}" for t in wildcards.tasks.split("+"))),
    message:
        "Fine-tune and score {wildcards.tasks}: {wildcards.backbone} d{wildcards.dim} {wildcards.alignment} "
        "{wildcards.grouping} {wildcards.pretraining}, {wildcards.transfer}, seed {wildcards.seed}"
    script:
        "../workflow_scripts/score.py"
