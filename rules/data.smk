"""Canonical tables, {RESULTS}/data/*.parquet: of the embedded world or of upstream's files, and BM25 candidates of both."""

if CONFIG.data.kind == "world":

    include: "world.smk"

else:

    include: "upstream.smk"


# Tasks with their own table, by its name.
OWN_TABLES = NEEDS.own_tables()
DATA_TABLES = (*DATA_TABLES, *OWN_TABLES)


rule read_own_table:
    input:
        file=lambda wildcards: CONFIG.tasks.named()[OWN_TABLES[wildcards.own]].file,
    output:
        table=LAYOUT.data("{own}"),
    log:
        LAYOUT.log("read_own_table", "{own}"),
    wildcard_constraints:
        own=one_of(OWN_TABLES),
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=60,
    params:
        task=lambda wildcards: OWN_TABLES[wildcards.own],
        languages=NEEDS.table_languages(),
        code=lambda wildcards: code("read_own_table", f"semantic_tokens.tasks.{OWN_TABLES[wildcards.own]}"),
    message:
        "Read the examples of {params.task}"
    script:
        "../workflow_scripts/steps/data/read_own_table.py"


rule retrieve_candidates:
    input:
        queries=LAYOUT.data("queries"),
        passages=LAYOUT.data("passages"),
    output:
        candidates=LAYOUT.data("candidates"),
    log:
        LAYOUT.log("retrieve_candidates"),
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=240,  # a language of a million passages and 100,000 queries
    params:
        depth=CONFIG.data.bm25_candidates,
        code=code("retrieve_candidates"),
    message:
        "Retrieve BM25 candidates for reranking"
    script:
        "../workflow_scripts/steps/data/retrieve_candidates.py"
