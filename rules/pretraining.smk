"""Continual pretraining. Takes a grouped model and the tokens of the corpus; gives the model after it, and its losses."""


rule continue_pretraining:
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
        f"{RESULTS}/logs/continue_pretraining/{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/continue_pretraining/{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}.tsv"
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
        code=code("continue_pretraining"),
    message:
        "Continue pretraining {wildcards.backbone} d{wildcards.dim} {wildcards.alignment} {wildcards.grouping}"
    script:
        "../workflow_scripts/steps/pretraining/continue_pretraining.py"
