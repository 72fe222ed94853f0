"""The browser of semantic tokens. Takes partitions and their tables; gives {RESULTS}/report/groups.html and its data."""

from semantic_tokens.report.pages.groups import page as groups_page

# What is inspected comes first. First-k merges nothing, so there is nothing to look into.
BROWSED = [
    name
    for name in dict.fromkeys(c.grouped for c in MEASURED_IN_GROUPS)
    if name in GROUPINGS and CONDITION_OF[name].tokenizer == "full"
]
BROWSED_BACKBONES = list(dict.fromkeys(CONDITION_OF[name].backbone for name in BROWSED))
GROUPS_PAGE = [LAYOUT.page("groups")] * bool(BROWSED)


rule write_tokens_data:
    input:
        tokenizer=LAYOUT.tokenizer("{backbone}"),
        text=lambda wildcards: list(TEXTS.get(wildcards.backbone, {}).values()),
    output:
        script=LAYOUT.groups_data("{backbone}/tokens"),
    log:
        LAYOUT.log("write_tokens_data", "{backbone}"),
    group:
        "measures"
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=memory(3000),
        runtime=30,
    params:
        code=code("write_tokens_data"),
    message:
        "Write the tokens of {wildcards.backbone} for the browser of semantic tokens"
    script:
        "../workflow_scripts/steps/groups_page/write_tokens_data.py"


rule write_groups_data:
    input:
        partition=LAYOUT.partition(ANY_GROUPED),
        embeddings=LAYOUT.embeddings(ANY_ALIGNED),
    output:
        script=LAYOUT.groups_data(ANY_GROUPED),
    log:
        LAYOUT.log("write_groups_data", ANY_GROUPED),
    group:
        "measures"
    conda:
        "../envs/cpu.yaml"
    threads: CONFIG.compute.threads
    resources:
        mem_mb=memory(3000, tables=2),
        runtime=60,
    params:
        seed=CONFIG.run.seed,
        threads=CONFIG.compute.threads,
        code=code("write_groups_data"),
    message:
        "Write groups for the browser of semantic tokens: "
        "{wildcards.backbone} d{wildcards.dim} {wildcards.alignment} {wildcards.grouping}"
    script:
        "../workflow_scripts/steps/groups_page/write_groups_data.py"


if BROWSED:

    rule write_groups_page:
        input:
            tokens=[LAYOUT.groups_data(f"{backbone}/tokens") for backbone in BROWSED_BACKBONES],
            groups=list(map(LAYOUT.groups_data, BROWSED)),
            templates=expand(own("workflow_scripts/semantic_tokens/report/pages/{name}"), name=groups_page.PARTS),
        output:
            page=shown(LAYOUT.page("groups"), "groups_page", "Pages", page="semantic tokens"),
        log:
            LAYOUT.log("write_groups_page"),
        localrule: True
        conda:
            "../envs/cpu.yaml"
        params:
            run=CONFIG.run.name,
            groupings=BROWSED,
            keywords=CONFIG.inspection.keywords if CONFIG.inspection else [],
            code=code("write_groups_page"),
        message:
            "Write the browser of semantic tokens"
        script:
            "../workflow_scripts/steps/groups_page/write_groups_page.py"
