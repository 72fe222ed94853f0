"""Tables, pictures and the page. Takes the score table; gives {RESULTS}/tables, figures and report/index.html."""

TABLES = f"{RESULTS}/tables"
GROUPINGS = sorted({c.grouped for c in ALL_CONDITIONS if c.grouping.percent})


rule write_manifest:
    input:
        scores=f"{TABLES}/scores.csv",
    output:
        manifest=f"{RESULTS}/manifest.json",
    log:
        f"{RESULTS}/logs/write_manifest.log",
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        config=settings(CONFIG),
        benchmarks=f"{RESULTS}/benchmarks",
        code=code("write_manifest"),
    message:
        "Record config, versions, commit and machine"
    script:
        "../workflow_scripts/write_manifest.py"


rule make_table5:
    input:
        scores=f"{TABLES}/scores.parquet",
    output:
        csv=f"{TABLES}/table5.csv",
    log:
        f"{RESULTS}/logs/make_table5.log",
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("make_table5"),
    message:
        "Table 5: scores and how much of the oracle they retain"
    script:
        "../workflow_scripts/make_table5.py"


rule draw_figure3:
    input:
        table5=f"{TABLES}/table5.csv",
    output:
        svg=f"{RESULTS}/figures/figure3.svg",
        png=f"{RESULTS}/figures/figure3.png",
    log:
        f"{RESULTS}/logs/draw_figure3.log",
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("draw_figure3"),
    message:
        "Figure 3: score against grouping ratio"
    script:
        "../workflow_scripts/draw_figure3.py"


rule measure_groups:
    input:
        **({"concepts": f"{RESULTS}/data/word_concepts.parquet"} if CONFIG.data.kind == "world" else {}),
        partitions=[f"{CONDITIONS}/{grouping}/partition.parquet" for grouping in GROUPINGS],
        # Only the embedded world knows which concept a word stands for.
    output:
        csv=f"{TABLES}/groups.csv",
    log:
        f"{RESULTS}/logs/measure_groups.log",
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        groupings=GROUPINGS,
        code=code("measure_groups"),
    message:
        "Sizes and content of the groups of every condition"
    script:
        "../workflow_scripts/measure_groups.py"


rule write_report:
    input:
        scores=f"{TABLES}/scores.parquet",
        table5=f"{TABLES}/table5.csv",
        groups=f"{TABLES}/groups.csv",
        figure3=f"{RESULTS}/figures/figure3.svg",
        manifest=f"{RESULTS}/manifest.json",
        template="workflow_scripts/semantic_tokens/report/page.html.j2",
    output:
        page=f"{RESULTS}/report/index.html",
    log:
        f"{RESULTS}/logs/write_report.log",
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("write_report"),
    message:
        "Write the page"
    script:
        "../workflow_scripts/write_report.py"
