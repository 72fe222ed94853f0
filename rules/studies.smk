"""Studies. Takes the scores of conditions; gives scores.csv, table5.csv and a figure of each study, and of the whole run.

Each condition is scored once however many studies want it. A study is a target by its own name.
"""

DRAWN = [name for name, study in CONFIG.studies.items() if study.axis != "none"]
SCOPE = f"{RESULTS}/{{scope}}"  # `tables` for the whole run, `studies/x` for one


wildcard_constraints:
    scope=f"tables|studies/(?:{one_of(CONFIG.studies)})",


rule collect_scores:
    input:
        scores=score_files,
    output:
        parquet=f"{SCOPE}/scores.parquet",
        csv=f"{SCOPE}/scores.csv",
    log:
        f"{RESULTS}/logs/collect_scores/{{scope}}.log",
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        run=CONFIG.run.name,
        studies=wanted_units,
        code=code("collect_scores"),
    message:
        "Collect the scores of {wildcards.scope}"
    script:
        "../workflow_scripts/steps/studies/collect_scores.py"


rule make_table5:
    input:
        scores=f"{SCOPE}/scores.parquet",
    output:
        csv=f"{SCOPE}/table5.csv",
    log:
        f"{RESULTS}/logs/make_table5/{{scope}}.log",
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("make_table5"),
    message:
        "Scores of {wildcards.scope}, and how much of the oracle they retain"
    script:
        "../workflow_scripts/steps/studies/make_table5.py"


rule draw_study:
    input:
        scores=f"{RESULTS}/studies/{{study}}/scores.parquet",
        table5=f"{RESULTS}/studies/{{study}}/table5.csv",
    output:
        svg=f"{RESULTS}/studies/{{study}}/figure.svg",
        png=f"{RESULTS}/studies/{{study}}/figure.png",
    log:
        f"{RESULTS}/logs/draw_study/{{study}}.log",
    wildcard_constraints:
        study=one_of(DRAWN),
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        axis=lambda wildcards: CONFIG.studies[wildcards.study].axis,
        code=code("draw_study"),
    message:
        "Draw the study {wildcards.study}"
    script:
        "../workflow_scripts/steps/studies/draw_study.py"
