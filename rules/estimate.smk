"""What a run would cost, before anything runs. Takes the config, and what finished runs recorded."""


# It has no output, so it runs whenever it is asked for: other runs and downloads change its result.
rule estimate:
    log:
        LAYOUT.log("estimate"),
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        config=settings(CONFIG),
        snakefile=str(PROJECT / "Snakefile"),
        benchmarks=LAYOUT.benchmarks(),
        table=LAYOUT.table("estimate"),
    message:
        "Estimate what the run would cost"
    script:
        "../workflow_scripts/steps/estimate/estimate.py"
