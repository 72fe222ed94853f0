"""What a run would cost, before anything runs. Takes the config, and what finished runs recorded."""


# It has no output, so it runs whenever it is asked for: other runs and downloads change its result.
rule estimate:
    log:
        f"{RESULTS}/logs/estimate.log",
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        config=settings(CONFIG),
        benchmarks=f"{RESULTS}/benchmarks",
        table=f"{RESULTS}/tables/estimate.csv",
    message:
        "Estimate what the run would cost"
    script:
        "../workflow_scripts/steps/estimate/estimate.py"
