"""Canonical tables. Takes the package's word lists; gives {RESULTS}/data/*.parquet."""

WORLD = "workflow_scripts/semantic_tokens/world"
WORLD_TABLES = ("corpus", "word_pairs", "ner", "nli", "qa", "queries", "passages", "qrels", "word_concepts")


rule generate_world:
    input:
        lexicon=f"{WORLD}/lexicon.tsv",
        names=f"{WORLD}/names.tsv",
        function_words=f"{WORLD}/function_words.tsv",
    output:
        **{name: f"{RESULTS}/data/{name}.parquet" for name in WORLD_TABLES},
    log:
        f"{RESULTS}/logs/generate_world.log",
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        data=settings(CONFIG.data),
        seed=CONFIG.run.seed,
        code=code("generate_world"),
    message:
        "Generate the embedded world: corpus, dictionaries and the data of five tasks"
    script:
        "../workflow_scripts/generate_world.py"


rule retrieve_candidates:
    input:
        queries=f"{RESULTS}/data/queries.parquet",
        passages=f"{RESULTS}/data/passages.parquet",
    output:
        candidates=f"{RESULTS}/data/candidates.parquet",
    log:
        f"{RESULTS}/logs/retrieve_candidates.log",
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        depth=CONFIG.data.bm25_candidates,
        code=code("retrieve_candidates"),
    message:
        "BM25 candidates for reranking"
    script:
        "../workflow_scripts/retrieve_candidates.py"
