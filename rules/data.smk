"""Canonical tables, {RESULTS}/data/*.parquet: of the embedded world or of upstream's files, and BM25 candidates of both."""

if CONFIG.data.kind == "world":

    include: "world.smk"

else:

    include: "upstream.smk"


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
