"""What a pretraining step costs, Table 3. Takes mBERT's shape alone; gives {RESULTS}/tables/efficiency.csv and its page."""

EFFICIENCY = f"{RESULTS}/efficiency/{{implementation}}-d{{dim}}-r{{percent}}.json"

if CONFIG.efficiency:
    MEASURED_COSTS = [
        EFFICIENCY.format(implementation=implementation, dim=dim, percent=percent)
        for dim, ratios in CONFIG.efficiency.ratios.items()
        for percent in ratios
        for implementation in ("ours", "library")
    ]

    rule measure_efficiency:
        output:
            cost=EFFICIENCY,
        log:
            f"{RESULTS}/logs/measure_efficiency/{{implementation}}-d{{dim}}-r{{percent}}.log",
        wildcard_constraints:
            implementation="ours|library",
            percent="[0-9]+",
        conda:
            "../envs/cpu.yaml"
        # All cores, though it computes on some: nothing else may run while a step is timed.
        threads: workflow.cores or CONFIG.compute.threads_pretraining
        resources:
            mem_mb=memory(12000),
            runtime=60,
            gpu=GPUS,
        params:
            load=CONFIG.efficiency.model_dump(include={"batch_size", "sequence_length", "steps"}),
            seed=CONFIG.run.seed,
            device=CONFIG.compute.device,
            threads=CONFIG.compute.threads_pretraining,
            code=code("measure_efficiency"),
        message:
            "Measure a pretraining step at d{wildcards.dim}, {wildcards.percent}% ({wildcards.implementation})"
        script:
            "../workflow_scripts/steps/efficiency/measure_efficiency.py"

    rule write_efficiency:
        input:
            costs=MEASURED_COSTS,
            printed="reference/table3.csv",
            templates=BRANCH_TEMPLATES,
        output:
            csv=f"{RESULTS}/tables/efficiency.csv",
            svg=f"{RESULTS}/report/efficiency/table3.svg",
            png=f"{RESULTS}/report/efficiency/table3.png",
            page=f"{RESULTS}/report/efficiency.html",
        log:
            f"{RESULTS}/logs/write_efficiency.log",
        localrule: True
        conda:
            "../envs/cpu.yaml"
        params:
            code=code("write_efficiency"),
        message:
            "Table 3: what a pretraining step costs"
        script:
            "../workflow_scripts/steps/efficiency/write_efficiency.py"


rule efficiency:
    input:
        efficiency_page,
    localrule: True


if "table3" not in CONFIG.studies:

    rule table3:
        input:
            efficiency_page,
        localrule: True
