"""The page. Takes the tables and figures of the run; gives {RESULTS}/report/index.html and manifest.json."""

TEMPLATES = own("workflow_scripts/semantic_tokens/report/pages/{name}")
ANALYSIS_TEMPLATES = expand(TEMPLATES, name=["analysis.html.j2", "page.css"])  # of the pages of analyses
INDEX_TEMPLATES = [TEMPLATES.format(name="page.css"), *sorted(map(str, Path(TEMPLATES.format(name="index")).iterdir()))]
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
MORE_TABLES = {
    name: LAYOUT.table(name) for name in [*GROUP_TABLES[1:], *["dictionary_coverage"] * bool(JUDGED), "languages"]
}
# Trainings that leave their losses: of backbones from scratch, of conditions, and of alignments.
PRETRAINED = sorted({c.backbone for c in ALL_CONDITIONS if CONFIG.backbones[c.backbone].kind == "scratch"})
TRAINED = [c for c in ALL_CONDITIONS if c.pretraining == "mlm"]
ALIGNED = sorted({c.aligned for c in [*INSPECTED, *ALL_CONDITIONS] if c.alignment != "none"})
# Pages beside this one, each made by the target of its name, if anybody asks for it.
OTHER_PAGES = {name: sibling.shows for name, sibling in SIBLINGS.items()} | {
    "before_after": "Effects of grouping on geometry and layers, next to those on scores; words with several senses",
    "efficiency": "Table 3: parameters, peak memory and steps per second of a pretraining step",
}

# Table 3, of a pretraining step, is written where it is measured.
LATEX_TABLES = ["table1", "table2", "table5"] + ["table4"] * any(
    c.grouping.method.startswith("lexicon-") for c in ALL_CONDITIONS
)


rule write_manifest:
    input:
        scores=LAYOUT.table("scores"),
        sources=TERMS,
    output:
        manifest=shown(LAYOUT.manifest(), "manifest", "Run", file="manifest"),
        costs=LAYOUT.costs(),
    log:
        LAYOUT.log("write_manifest"),
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        config=settings(CONFIG, without={"mirror"}),  # checked by content, and its address may hold a token
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
        costs=rules.write_manifest.output.costs,
        backbone_losses=list(map(LAYOUT.backbone_losses, PRETRAINED)),
        losses=list(map(LAYOUT.losses, TRAINED)),
        histories=[LAYOUT.alignment_file(aligned, "history.csv") for aligned in ALIGNED],
        deviations=own("reference/deviations.yaml"),
        ledger=own("reference/claims.yaml"),
        claims=LAYOUT.table("claims"),
        printed=own("reference/table5.csv"),
        latex=[LAYOUT.table(name, "tex") for name in LATEX_TABLES],
        skipped=[LAYOUT.data_notes(name, "skipped") for name in NOTES],
        templates=INDEX_TEMPLATES,
        # Linked where they are there: a page that is made later is linked by the next run.
        pages=lambda wildcards: [page for page in map(LAYOUT.page, OTHER_PAGES) if Path(page).exists()] + GROUPS_PAGE,
    output:
        page=shown(LAYOUT.page("index"), "page", "Pages", page="the run"),
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
        pages=OTHER_PAGES,
        trained={"backbone_losses": PRETRAINED, "losses": list(map(str, TRAINED)), "histories": ALIGNED},
        made_with=list(dict.fromkeys(name for name, _ in layers(FILES, {}))),
        given=workflow.config_settings.config,
        targets={str(c): LAYOUT.scope(f"conditions/{c}", "scores.csv") for c in ALL_CONDITIONS},
        exports={str(c): {form: LAYOUT.model_card(c, form) for form in NEEDS.export_forms(c)} for c in ALL_CONDITIONS},
        roles=settings(CONFIG.claims),
        tasks=tasks.shown(),
        code=code("write_report"),
    message:
        "Write the page"
    script:
        "../workflow_scripts/steps/report/write_report.py"


rule write_latex:
    input:
        scores=LAYOUT.table("scores", "parquet"),
        table5=LAYOUT.table("table5"),
        claims=own("reference/claims.yaml"),
        paper=own("reference/table5.csv"),
        table4=own("reference/table4.csv"),
    output:
        **{name: LAYOUT.table(name, "tex") for name in LATEX_TABLES},
    log:
        LAYOUT.log("write_latex"),
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        roles=settings(CONFIG.claims),
        fine_tuning=settings(CONFIG.tasks),
        lexicons="table4" in LATEX_TABLES,
        tasks=tasks.shown(),
        code=code("write_latex"),
    message:
        "Write the paper's tables as LaTeX"
    script:
        "../workflow_scripts/steps/report/write_latex.py"
