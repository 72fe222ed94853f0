"""What a pretraining step costs, Table 3. Takes mBERT's shape alone; gives the table `efficiency` and its page."""

from semantic_tokens.analysis.efficiency.settings import Load

STEP_COSTS = "{ratios: {768: [100, 5]}, batch_size: 4, sequence_length: 64, steps: 3}"  # an example of the section
COST = LAYOUT.analysis("efficiency", "{implementation}-d{dim}-r{percent}.json")

if CONFIG.efficiency is not None:

    rule measure_efficiency:
        output:
            cost=COST,
        log:
            LAYOUT.log("measure_efficiency", "{implementation}-d{dim}-r{percent}"),
        wildcard_constraints:
            implementation="ours|library",
            percent="[0-9]+",
        conda:
            "../envs/cpu.yaml"
        # All cores, although it uses only some: nothing else may run while a step is timed.
        threads: workflow.cores or CONFIG.compute.threads_pretraining
        resources:
            mem_mb=memory(12000),
            runtime=60,
            gpu=GPUS,
        params:
            load=CONFIG.efficiency.model_dump(include=set(Load.model_fields)),
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
            costs=[
                COST.format(implementation=implementation, dim=dim, percent=percent)
                for dim, ratios in CONFIG.efficiency.ratios.items()
                for percent in ratios
                for implementation in ("ours", "library")
            ],
            printed=own("reference/table3.csv"),
            templates=ANALYSIS_TEMPLATES,
        output:
            csv=LAYOUT.table("efficiency"),
            latex=LAYOUT.table("table3", "tex"),
            svg=LAYOUT.picture("efficiency", "table3"),
            png=LAYOUT.picture("efficiency", "table3", "png"),
            page=LAYOUT.page("efficiency"),
        log:
            LAYOUT.log("write_efficiency"),
        localrule: True
        conda:
            "../envs/cpu.yaml"
        params:
            code=code("write_efficiency"),
        message:
            "Write Table 3: what a pretraining step costs"
        script:
            "../workflow_scripts/steps/efficiency/write_efficiency.py"


rule efficiency:
    input:
        asked_for("efficiency", "efficiency", example=STEP_COSTS),
    localrule: True


if "table3" not in CONFIG.studies:

    rule table3:
        input:
            asked_for("efficiency", "efficiency", example=STEP_COSTS),
        localrule: True
