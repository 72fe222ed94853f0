"""Upstream data. Takes the publishers' files, downloaded to resources/ or found in local_dir; gives {RESULTS}/data/*.parquet."""

from semantic_tokens.sources.fetch.registry import source
from semantic_tokens.sources.listing import LOCAL_ONLY
from semantic_tokens.workflow.upstream import Upstream

UPSTREAM = Upstream(CONFIG, CONFIG.data, ALL_CONDITIONS)
try:
    UPSTREAM.require_languages()
except InputError as error:
    raise WorkflowError(str(error)) from None
CORPUS_SOURCES, DICTIONARIES = UPSTREAM.of_corpus, UPSTREAM.of_dictionaries
SOURCES, NOTICES, NOTES = UPSTREAM.sources, UPSTREAM.notices, UPSTREAM.notes
TABLE_SOURCES, DATA_TABLES = UPSTREAM.of_tables, UPSTREAM.tables
COLLECTION_SOURCES = UPSTREAM.of_collection


rule obtain_source:
    output:
        record=LAYOUT.source("{source}"),
    log:
        LAYOUT.log("obtain_source", "{source}"),
    wildcard_constraints:
        source="(?!own-)[a-z-]+",
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        local_dir=CONFIG.local_dir,
        local_files=lambda wildcards: NEEDS.local_files(wildcards.source),
        # Editing the registry's entry makes it a different source.
        terms=lambda wildcards: (
            None if wildcards.source in LOCAL_ONLY else source(wildcards.source).model_dump(mode="json")
        ),
        mirror=CONFIG.mirror,
        offline=CONFIG.offline,
        languages=lambda wildcards: (
            NEEDS.corpus_languages() if wildcards.source in CORPUS_SOURCES else CONFIG.data.languages
        ),
        code=code("obtain_source"),
    message:
        "Obtain {wildcards.source}"
    script:
        "../workflow_scripts/steps/upstream/obtain_source.py"


rule obtain_own:
    output:
        record=LAYOUT.source("own-{role}"),
    log:
        LAYOUT.log("obtain_own", "{role}"),
    wildcard_constraints:
        role=one_of(CONFIG.data.own),
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        own=lambda wildcards: NEEDS.own_data(wildcards.role),
        scored=CONFIG.run.evaluation_split,
        mirror=CONFIG.mirror,
        offline=CONFIG.offline,
        code=code("obtain_own"),
    message:
        "Obtain data.own.{wildcards.role}"
    script:
        "../workflow_scripts/steps/upstream/obtain_own.py"


rule check_data:
    output:
        table=LAYOUT.table("check_data"),
    log:
        LAYOUT.log("check_data"),
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        local_dir=CONFIG.local_dir,
        code=code("check_data"),
    message:
        "Parse every file under {params.local_dir}"
    script:
        "../workflow_scripts/steps/upstream/check_data.py"


rule read_corpus:
    input:
        records=list(map(LAYOUT.source, CORPUS_SOURCES)),
    output:
        table=LAYOUT.data("corpus"),
        skipped=LAYOUT.data_notes("corpus", "skipped"),
        amounts=LAYOUT.data_notes("corpus", "amounts"),
    log:
        LAYOUT.log("read_corpus"),
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=600,
    params:
        sources=CORPUS_SOURCES,
        languages=NEEDS.corpus_languages(),
        texts_a_language=CONFIG.data.corpus.texts_a_language,
        seed=CONFIG.run.seed,
        code=code("read_corpus"),
    message:
        "Read the corpus"
    script:
        "../workflow_scripts/steps/upstream/read_corpus.py"


rule read_word_pairs:
    input:
        records=list(map(LAYOUT.source, DICTIONARIES)),
    output:
        table=LAYOUT.data("word_pairs"),
        skipped=LAYOUT.data_notes("word_pairs", "skipped"),
    log:
        LAYOUT.log("read_word_pairs"),
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=120,
    params:
        sources=DICTIONARIES,
        languages=CONFIG.data.languages,
        code=code("read_word_pairs"),
    message:
        "Read the dictionaries"
    script:
        "../workflow_scripts/steps/upstream/read_word_pairs.py"


rule read_task:
    input:
        records=lambda wildcards: list(map(LAYOUT.source, TABLE_SOURCES[wildcards.table])),
    output:
        table=LAYOUT.data("{table}"),
        skipped=LAYOUT.data_notes("{table}", "skipped"),
    log:
        LAYOUT.log("read_task", "{table}"),
    wildcard_constraints:
        table="|".join(TABLE_SOURCES) or "no-table",
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=memory(2000),
        runtime=60,
    params:
        sources=lambda wildcards: TABLE_SOURCES[wildcards.table],
        languages=CONFIG.data.languages,
        limits=lambda wildcards: NEEDS.limits(wildcards.table),
        left_out=lambda wildcards: NEEDS.left_out(wildcards.table),
        seed=CONFIG.run.seed,
        code=code("read_task"),
    message:
        "Read the examples of {wildcards.table}"
    script:
        "../workflow_scripts/steps/upstream/read_task.py"


if "retrieval" in CONFIG.data.own:

    rule read_own_collection:
        input:
            records=list(map(LAYOUT.source, COLLECTION_SOURCES)),
        output:
            **NEEDS.tables(["queries", "qrels", "passages"]),
            skipped=LAYOUT.data_notes("collection", "skipped"),
        log:
            LAYOUT.log("read_own_collection"),
        conda:
            "../envs/cpu.yaml"
        resources:
            mem_mb=memory(4000),
            runtime=240,
        params:
            sources=COLLECTION_SOURCES,
            languages=CONFIG.data.languages,
            ms_marco=settings(CONFIG.data.ms_marco) if "msmarco" in COLLECTION_SOURCES else None,
            seed=CONFIG.run.seed,
            code=code("read_own_collection"),
        message:
            "Read pairs of queries and passages"
        script:
            "../workflow_scripts/steps/upstream/read_own_collection.py"

else:

    rule read_collection:
        input:
            records=list(map(LAYOUT.source, COLLECTION_SOURCES)),
        output:
            **NEEDS.tables(["queries", "qrels", "passages"]),
            skipped=LAYOUT.data_notes("collection", "skipped"),
        log:
            LAYOUT.log("read_collection"),
        conda:
            "../envs/cpu.yaml"
        resources:
            mem_mb=memory(2000),
            runtime=600,
        params:
            sources=COLLECTION_SOURCES,
            languages=CONFIG.data.languages,
            collection=CONFIG.data.collection,
            distractors=CONFIG.data.distractors,
            queries=CONFIG.data.queries,
            ms_marco=settings(CONFIG.data.ms_marco) if "msmarco" in COLLECTION_SOURCES else None,
            seed=CONFIG.run.seed,
            code=code("read_collection"),
        message:
            "Read queries, judgements and passages"
        script:
            "../workflow_scripts/steps/upstream/read_collection.py"
