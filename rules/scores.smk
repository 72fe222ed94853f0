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


rule collect_scores:
    input:
        scores=score_files,
    output:
        parquet=f"{RESULTS}/tables/scores.parquet",
        csv=f"{RESULTS}/tables/scores.csv",
    log:
        f"{RESULTS}/logs/collect_scores.log",
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        run=CONFIG.run.name,
        studies={f"{c}/{unit}": list(names) for c, wanted in UNITS.items() for unit, names in wanted.items()},
        code=code("collect_scores"),
    message:
        "Collect every score"
    script:
        "../workflow_scripts/collect_scores.py"
