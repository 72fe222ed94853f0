"""Studies. Takes the scores of conditions; gives scores.csv, table5.csv and a figure of each study, and of the whole run.

Each condition is scored once however many studies need it. A study is a target by its own name.
"""

DRAWN = [name for name, study in CONFIG.studies.items() if study.axis != "none"]


wildcard_constraints:
    # `tables` for the whole run, `studies/x` for one, `conditions/c` for the scores of one condition
    scope=f"tables|studies/(?:{one_of(CONFIG.studies)})|conditions/{ANY_CONDITION.format_map(IN_GROUPS)}",


rule collect_scores:
    input:
        scores=lambda wildcards: SCORING.files(wildcards.scope),
    output:
        parquet=LAYOUT.scope("{scope}", "scores.parquet"),
        csv=shown(LAYOUT.scope("{scope}", "scores.csv"), "scores", "Scores", of="{scope}", table="scores"),
    log:
        LAYOUT.log("collect_scores", "{scope}"),
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        run=CONFIG.run.name,
        studies=lambda wildcards: SCORING.wanted(wildcards.scope),
        code=code("collect_scores"),
    message:
        "Collect the scores of {wildcards.scope}"
    script:
        "../workflow_scripts/steps/studies/collect_scores.py"


rule make_table5:
    input:
        scores=rules.collect_scores.output.parquet,
    output:
        csv=shown(LAYOUT.scope("{scope}", "table5.csv"), "table5", "Scores", of="{scope}", table="Table 5"),
    log:
        LAYOUT.log("make_table5", "{scope}"),
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        tasks=tasks.shown(),
        code=code("make_table5"),
    message:
        "Make Table 5 of {wildcards.scope}: scores, and the share of the oracle's that they retain"
    script:
        "../workflow_scripts/steps/studies/make_table5.py"


rule draw_study:
    input:
        scores=LAYOUT.study("{study}", "scores.parquet"),
        table5=LAYOUT.study("{study}", "table5.csv"),
        paper=own("reference/table5.csv"),
        claims=own("reference/claims.yaml"),
    output:
        csv=shown(LAYOUT.study("{study}", "figure.csv"), "figure_data", "Studies", study="{study}", what="data"),
        svg=shown(LAYOUT.study("{study}", "figure.svg"), "figure", "Studies", study="{study}", what="figure"),
        png=LAYOUT.study("{study}", "figure.png"),
        pdf=LAYOUT.study("{study}", "figure.pdf"),
    log:
        LAYOUT.log("draw_study", "{study}"),
    wildcard_constraints:
        study=one_of(DRAWN),
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        axis=lambda wildcards: CONFIG.studies[wildcards.study].axis,
        roles=settings(CONFIG.claims),
        tasks=tasks.shown(),
        code=code("draw_study"),
    message:
        "Draw the study {wildcards.study}"
    script:
        "../workflow_scripts/steps/studies/draw_study.py"
