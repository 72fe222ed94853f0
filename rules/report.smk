"""The page. Takes the tables and figures of the run; gives {RESULTS}/report/index.html and manifest.json."""

TABLES = f"{RESULTS}/tables"
# Shown as they are, each in a fold of its own.
MORE_TABLES = {name: f"{TABLES}/{name}.csv" for name in [*GROUP_TABLES[1:], "languages", "claims"]}


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
        "../workflow_scripts/steps/report/write_manifest.py"


rule write_report:
    input:
        **MORE_TABLES,
        scores=f"{TABLES}/scores.parquet",
        table5=f"{TABLES}/table5.csv",
        groups=f"{TABLES}/groups.csv",
        figures=[f"{RESULTS}/studies/{study}/figure.svg" for study in DRAWN],
        manifest=f"{RESULTS}/manifest.json",
        deviations="reference/deviations.yaml",
        templates=expand(TEMPLATES, name=["page.html.j2", "page.css"]),
    output:
        page=f"{RESULTS}/report/index.html",
    log:
        f"{RESULTS}/logs/write_report.log",
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        studies=DRAWN,
        more_tables=list(MORE_TABLES),
        siblings={name: sibling.shows for name, sibling in SIBLINGS.items()},
        code=code("write_report"),
    message:
        "Write the page"
    script:
        "../workflow_scripts/steps/report/write_report.py"
