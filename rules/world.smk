"""The embedded world. Takes the package's word lists; gives {RESULTS}/data/*.parquet."""

WORLD = own("workflow_scripts/semantic_tokens/world")
DATA_TABLES = ("corpus", "word_pairs", "ner", "nli", "qa", "queries", "passages", "qrels", "word_concepts")
DATA_TABLES += tuple(table for table in ("clir", "bitext") if table in CONFIG.data.sizes)
SOURCES, NOTICES, NOTES = set(), [], []  # none: the data is our own


rule generate_world:
    input:
        lexicon=f"{WORLD}/lexicon.tsv",
        names=f"{WORLD}/names.tsv",
        function_words=f"{WORLD}/function_words.tsv",
    output:
        **NEEDS.tables(DATA_TABLES),
    log:
        LAYOUT.log("generate_world"),
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=10,
    params:
        data=settings(CONFIG.data),
        seed=CONFIG.run.seed,
        code=code("generate_world"),
    message:
        "Generate the embedded world: corpus, dictionaries and the data of five tasks"
    script:
        "../workflow_scripts/steps/world/generate_world.py"
