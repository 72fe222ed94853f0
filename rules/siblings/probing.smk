"""What layers hold (arXiv 2502.04269). Takes models, word pairs and parallel sentences; gives the table `probing`, its
page and pictures."""

from semantic_tokens.names import file_stem
from semantic_tokens.workflow.needs import files_below

if CONFIG.probing is not None:
    PROBING = CONFIG.probing
    PROBED = analysed(CONFIG, "probing")
    PROBED_LANGUAGES = PROBING.languages or CONFIG.data.languages
    # Upstream, a table of tagged sentences is there where a study has the task.
    WITH_NER = CONFIG.data.kind == "world" or "ner" in DATA_TABLES
    # Two pictures of all models, and the words and sentences of each in the plane.
    PROBING_PICTURES = {"layers": "layers", "pairs": "pairs"} | {
        f"{kind}_{i}": f"{kind}_{file_stem(c)}" for i, c in enumerate(PROBED) for kind in ("words", "sentences")
    }
    ITEMS = {
        name: LAYOUT.analysis("probing", f"{name}.parquet")
        for name in ("words", "word_pairs", "sentences", *["ner"] * WITH_NER)
    }
    # Vectors of all layers: gigabytes for a large model, and minutes to read again.
    STATES = {
        name: LAYOUT.at(ANY_CONDITION, "probing", f"{name}.npy")
        for name in ("words", "sentences", *["ner", "ner_places"] * WITH_NER)
    }

    if CONFIG.data.kind == "world":

        rule generate_parallel:
            input:
                lexicon=f"{WORLD}/lexicon.tsv",
                names=f"{WORLD}/names.tsv",
                function_words=f"{WORLD}/function_words.tsv",
            output:
                table=LAYOUT.data("parallel"),
            log:
                LAYOUT.log("generate_parallel"),
            localrule: True
            conda:
                "../../envs/cpu.yaml"
            params:
                languages=CONFIG.data.languages,
                sentences=PROBING.sentences,
                seed=CONFIG.run.seed,
                code=code("generate_parallel"),
            message:
                "Generate parallel sentences"
            script:
                "../../workflow_scripts/steps/siblings/probing/generate_parallel.py"

    else:

        rule read_parallel:
            input:
                **({} if PROBING.parallel else {"record": LAYOUT.source("ntrex")}),
            output:
                table=LAYOUT.data("parallel"),
            log:
                LAYOUT.log("read_parallel"),
            localrule: True
            conda:
                "../../envs/cpu.yaml"
            params:
                folder=PROBING.parallel,
                files=files_below(PROBING.parallel) if PROBING.parallel else [],
                languages=PROBED_LANGUAGES,
                code=code("read_parallel"),
            message:
                "Read parallel sentences"
            script:
                "../../workflow_scripts/steps/siblings/probing/read_parallel.py"

    rule choose_probe_items:
        input:
            **NEEDS.tables(["word_pairs", "parallel", *["ner"] * WITH_NER]),
        output:
            **ITEMS,
        log:
            LAYOUT.log("choose_probe_items"),
        conda:
            "../../envs/cpu.yaml"
        resources:
            mem_mb=memory(8000),
            runtime=60,
        params:
            languages=PROBED_LANGUAGES,
            word_pairs=PROBING.word_pairs,
            sentences=PROBING.sentences,
            ner_sentences=PROBING.ner_sentences,
            with_ner=WITH_NER,
            seed=CONFIG.run.seed,
            code=code("choose_probe_items"),
        message:
            "Sample the words and sentences that all models are probed on"
        script:
            "../../workflow_scripts/steps/siblings/probing/choose_probe_items.py"

    rule read_hidden_states:
        input:
            unpack(of(NEEDS.model)),
            **{name: file for name, file in ITEMS.items() if name != "word_pairs"},
        output:
            **{name: temp(file) for name, file in STATES.items()},
        log:
            LAYOUT.log("read_hidden_states", ANY_CONDITION),
        conda:
            "../../envs/cpu.yaml"
        threads: CONFIG.compute.threads
        resources:
            mem_mb=memory(12000),
            runtime=120,
            gpu=GPUS,
        params:
            pooling=PROBING.pooling,
            # A short limit would cut real sentences; a model's own limit is that of its positions.
            max_length=lambda wildcards: min(PROBING.max_length, CONFIG.backbones[wildcards.backbone].max_length),
            batch_size=PROBING.batch_size,
            with_ner=WITH_NER,
            grouped=of(lambda condition: "partition" in NEEDS.model(condition)),
            device=CONFIG.compute.device,
            threads=CONFIG.compute.threads,
            code=code("read_hidden_states"),
        message:
            "Read the hidden states of {wildcards.backbone} d{wildcards.dim} "
            "{wildcards.alignment} {wildcards.grouping} {wildcards.pretraining}"
        script:
            "../../workflow_scripts/steps/siblings/probing/read_hidden_states.py"

    rule probe_hidden_states:
        input:
            **{name if name == "word_pairs" else f"{name}_items": file for name, file in ITEMS.items()},
            **STATES,
        output:
            measures=LAYOUT.at(ANY_CONDITION, "probing", "measures.csv"),
            points=LAYOUT.at(ANY_CONDITION, "probing", "points.parquet"),
        log:
            LAYOUT.log("probe_hidden_states", ANY_CONDITION),
        conda:
            "../../envs/cpu.yaml"
        threads: CONFIG.compute.threads
        resources:
            mem_mb=memory(8000),
            runtime=240,
        params:
            with_ner=WITH_NER,
            layers=PROBING.layers,
            seed=CONFIG.run.seed,
            threads=CONFIG.compute.threads,
            code=code("probe_hidden_states"),
        message:
            "Probe {wildcards.backbone} d{wildcards.dim} "
            "{wildcards.alignment} {wildcards.grouping} {wildcards.pretraining}"
        script:
            "../../workflow_scripts/steps/siblings/probing/probe_hidden_states.py"

    rule draw_probing:
        input:
            measures=[LAYOUT.at(c, "probing", "measures.csv") for c in PROBED],
            points=[LAYOUT.at(c, "probing", "points.parquet") for c in PROBED],
            templates=ANALYSIS_TEMPLATES,
        output:
            **{
                f"{name}{suffix}": LAYOUT.picture("probing", stem, kind)
                for name, stem in PROBING_PICTURES.items()
                for suffix, kind in (("", "svg"), ("_png", "png"))
            },
            csv=LAYOUT.table("probing"),
            page=shown(LAYOUT.page("probing"), "sibling_page", "Pages", page="probing"),
        log:
            LAYOUT.log("draw_probing"),
        localrule: True
        conda:
            "../../envs/cpu.yaml"
        params:
            languages=PROBED_LANGUAGES,
            pooling=PROBING.pooling,
            world=CONFIG.data.kind == "world",
            code=code("draw_probing"),
        message:
            "Draw what the layers hold"
        script:
            "../../workflow_scripts/steps/siblings/probing/draw_probing.py"
