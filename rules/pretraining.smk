"""Continual pretraining. Takes a grouped model and the tokens of the corpus; gives the model after it, and its losses."""


rule continue_pretraining:
    input:
        unpack(of(NEEDS.condition_tokens)),
        config=rules.build_model.output.config,
        model=rules.build_model.output.model,
        partition=rules.group.output.partition,
        tokenizer=LAYOUT.tokenizer("{backbone}"),
    output:
        **LAYOUT.model(f"{ANY_GROUPED}/mlm"),
        losses=LAYOUT.losses(f"{ANY_GROUPED}/mlm"),
    log:
        LAYOUT.log("continue_pretraining", ANY_GROUPED),
    benchmark:
        LAYOUT.benchmark("continue_pretraining", ANY_GROUPED)
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
        checkpoint=LAYOUT.checkpoint("continue_pretraining", ANY_GROUPED),
        seed=CONFIG.run.seed,
        device=CONFIG.compute.device,
        threads=CONFIG.compute.threads,
        code=code("continue_pretraining"),
    message:
        "Continue pretraining {wildcards.backbone} d{wildcards.dim} {wildcards.alignment} {wildcards.grouping}"
    script:
        "../workflow_scripts/steps/pretraining/continue_pretraining.py"
