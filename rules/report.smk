"""The page. Takes the tables and figures of the run; gives {RESULTS}/report/index.html and manifest.json."""

TEMPLATES = own("workflow_scripts/semantic_tokens/report/pages/{name}")
ANALYSIS_TEMPLATES = expand(TEMPLATES, name=["analysis.html.j2", "page.css"])  # of the pages of analyses
INSPECTED_BACKBONES = {c.backbone for c in INSPECTED}
# What siblings measure of a backbone whose groups are inspected: no more than the page opens with.
OPENING = [
    (name, condition)
    for name, sibling in SIBLINGS.items()
    if sibling.opens_with
    for condition in analysed(CONFIG, name)
    if condition.backbone in INSPECTED_BACKBONES
]
OPENING_TABLES = {name: LAYOUT.table(name) for name in INSPECTION_TABLES * bool(INSPECTED)}
# Shown as they are, each in a fold of its own.
MORE_TABLES = {name: LAYOUT.table(name) for name in [*GROUP_TABLES[1:], "languages", "claims"]}


rule write_manifest:
    input:
        scores=LAYOUT.table("scores"),
        sources=TERMS,
    output:
        manifest=LAYOUT.manifest(),
    log:
        LAYOUT.log("write_manifest"),
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        config=settings(CONFIG),
        benchmarks=LAYOUT.benchmarks(),
        code=code("write_manifest"),
    message:
        "Record config, versions, commit and machine"
    script:
        "../workflow_scripts/steps/report/write_manifest.py"


rule write_report:
    input:
        **MORE_TABLES,
        **OPENING_TABLES,
        opening=[LAYOUT.at(condition, name, "measures.csv") for name, condition in OPENING],
        scores=LAYOUT.table("scores", "parquet"),
        table5=LAYOUT.table("table5"),
        groups=rules.measure_groups.output.csv,
        figures=[LAYOUT.study(study, "figure.svg") for study in DRAWN],
        manifest=rules.write_manifest.output.manifest,
        deviations=own("reference/deviations.yaml"),
        ledger=own("reference/claims.yaml"),
        skipped=[LAYOUT.data_notes(name, "skipped") for name in NOTES],
        templates=expand(TEMPLATES, name=["page.html.j2", "page.css"]),
    output:
        page=LAYOUT.page("index"),
    log:
        LAYOUT.log("write_report"),
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        studies=DRAWN,
        more_tables=list(MORE_TABLES),
        inspected=list(map(str, INSPECTED)),
        keywords=CONFIG.inspection.keywords if INSPECTED else [],
        opening=[name for name, _ in OPENING],
        opens_with={name: dict(sibling.opens_with) for name, sibling in SIBLINGS.items()},
        siblings={name: sibling.shows for name, sibling in SIBLINGS.items()},
        tasks=tasks.shown(),
        code=code("write_report"),
    message:
        "Write the page"
    script:
        "../workflow_scripts/steps/report/write_report.py"
