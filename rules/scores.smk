"""Fine-tuning and scores. Takes a model and the features of its tasks; gives one row a task, language and metric."""


def task_inputs(wildcards):
    """Features and canonical tables of the bundle's tasks, by name."""
    tokens = f"{RESULTS}/tokens/{wildcards.backbone}/{tokenizer_of(wildcards)}"
    bundle = wildcards.tasks.split("+")
    tables = dict.fromkeys(name for task in bundle for name in conditions.TASK_TABLES[task])
    features = {f"{task}_features": f"{tokens}/{task}.parquet" for task in bundle}
    return features | {name: f"{RESULTS}/data/{name}.parquet" for name in tables}


def score_files(wildcards):
    """One file for each condition, bundle of tasks, transfer and seed that a study asks for."""
    bundle_of = {task: "+".join(bundle) for bundle in CONFIG.compute.bundles for task in bundle}
    return list(
        dict.fromkeys(
            f"{CONDITIONS}/{condition}/scores/{bundle_of[unit.task]}@{unit.transfer}#{unit.seed}.parquet"
            for condition, wanted in UNITS.items()
            for unit in wanted
        )
    )


rule score:
    message:
        "Fine-tune and score {wildcards.tasks}: {wildcards.backbone} d{wildcards.dim} {wildcards.alignment} "
        "{wildcards.grouping} {wildcards.pretraining}, {wildcards.transfer}, seed {wildcards.seed}"
    input:
        unpack(task_inputs),
        config=CONDITION + "/config.json",
        model=CONDITION + "/model.safetensors",
        partition=ALIGNED + "/{grouping}/partition.parquet",
    output:
        scores=CONDITION + "/scores/{tasks}@{transfer}#{seed}.parquet",
    log:
        RESULTS + "/logs/score/{backbone}-d{dim}-{alignment}-{grouping}-{pretraining}/{tasks}@{transfer}#{seed}.log",
    benchmark:
        RESULTS + "/benchmarks/score/{backbone}-d{dim}-{alignment}-{grouping}-{pretraining}/{tasks}@{transfer}#{seed}.tsv"
    params:
        settings=lambda wildcards: {t: settings(CONFIG.tasks.named()[t]) for t in wildcards.tasks.split("+")},
        split=CONFIG.run.evaluation_split,
        device=CONFIG.compute.device,
        threads=CONFIG.compute.threads,
        code=lambda wildcards: code("score", *(f"semantic_tokens.tasks.{t}" for t in wildcards.tasks.split("+"))),
    threads: CONFIG.compute.threads
    resources:
        mem_mb=3000,
        runtime=1440,
    conda:
        "../envs/cpu.yaml"
    script:
        "../workflow_scripts/score.py"


rule collect_scores:
    message:
        "Collect every score"
    input:
        scores=score_files,
    output:
        parquet=f"{RESULTS}/tables/scores.parquet",
        csv=f"{RESULTS}/tables/scores.csv",
    log:
        f"{RESULTS}/logs/collect_scores.log",
    params:
        run=CONFIG.run.name,
        studies={f"{c}/{unit}": list(names) for c, wanted in UNITS.items() for unit, names in wanted.items()},
        code=code("collect_scores"),
    resources:
        mem_mb=1000,
        runtime=10,
    conda:
        "../envs/cpu.yaml"
    script:
        "../workflow_scripts/collect_scores.py"
