"""What layers hold (arXiv 2502.04269). Takes models, word pairs and parallel sentences; gives {RESULTS}/tables/probing.csv,
{RESULTS}/report/probing.html and its pictures."""

PROBED = analysed("probing")


if CONFIG.probing is None:

    rule probing:
        input:
            lambda wildcards: not_asked_for("probing"),
        localrule: True

else:

    ITEMS = f"{RESULTS}/probing"
    PROBING = CONFIG.probing
    PROBED_LANGUAGES = PROBING.languages or CONFIG.data.languages
    # Upstream, a table of tagged sentences is there where a study has the task.
    WITH_NER = CONFIG.data.kind == "world" or "ner" in TABLE_SOURCE

    rule probing:
        input:
            f"{RESULTS}/report/probing.html",
            f"{RESULTS}/tables/probing.csv",
        localrule: True

    if CONFIG.data.kind == "world":

        rule generate_parallel:
            input:
                lexicon=f"{WORLD}/lexicon.tsv",
                names=f"{WORLD}/names.tsv",
                function_words=f"{WORLD}/function_words.tsv",
            output:
                table=f"{RESULTS}/data/parallel.parquet",
            log:
                f"{RESULTS}/logs/generate_parallel.log",
            localrule: True
            conda:
                "../../envs/cpu.yaml"
            params:
                languages=CONFIG.data.languages,
                sentences=PROBING.sentences,
                seed=CONFIG.run.seed,
                code=code("generate_parallel"),
            message:
                "Say the same facts in every language"
            script:
                "../../workflow_scripts/steps/siblings/probing/generate_parallel.py"

    else:

        rule read_parallel:
            input:
                **({} if PROBING.parallel else {"record": f"{RESULTS}/sources/ntrex.json"}),
            output:
                table=f"{RESULTS}/data/parallel.parquet",
            log:
                f"{RESULTS}/logs/read_parallel.log",
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
            **({"ner": f"{RESULTS}/data/ner.parquet"} if WITH_NER else {}),
            word_pairs=f"{RESULTS}/data/word_pairs.parquet",
            parallel=f"{RESULTS}/data/parallel.parquet",
        output:
            **({"ner": f"{ITEMS}/ner.parquet"} if WITH_NER else {}),
            words=f"{ITEMS}/words.parquet",
            word_pairs=f"{ITEMS}/word_pairs.parquet",
            sentences=f"{ITEMS}/sentences.parquet",
        log:
            f"{RESULTS}/logs/choose_probe_items.log",
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
            "Draw the words and sentences that all models are probed on"
        script:
            "../../workflow_scripts/steps/siblings/probing/choose_probe_items.py"

    rule read_hidden_states:
        input:
            unpack(lambda wildcards: analysed_model(Condition.parse(condition_path(wildcards)))),
            **({"ner": f"{ITEMS}/ner.parquet"} if WITH_NER else {}),
            words=f"{ITEMS}/words.parquet",
            sentences=f"{ITEMS}/sentences.parquet",
        output:
            # Gigabytes for a large model, and minutes to read again.
            **(
                {
                    "ner": temp(f"{CONDITION}/probing/ner.npy"),
                    "ner_places": temp(f"{CONDITION}/probing/ner_places.npy"),
                }
                if WITH_NER
                else {}
            ),
            words=temp(f"{CONDITION}/probing/words.npy"),
            sentences=temp(f"{CONDITION}/probing/sentences.npy"),
        log:
            f"{RESULTS}/logs/read_hidden_states/{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}-{{pretraining}}.log",
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
            max_length=lambda wildcards: min(PROBING.max_length, backbone_of(wildcards).max_length),
            batch_size=PROBING.batch_size,
            with_ner=WITH_NER,
            grouped=lambda wildcards: can_be_grouped(backbone_of(wildcards)),
            device=CONFIG.compute.device,
            threads=CONFIG.compute.threads,
            code=code("read_hidden_states"),
        message:
            "Hidden states of {wildcards.backbone} d{wildcards.dim} "
            "{wildcards.alignment} {wildcards.grouping} {wildcards.pretraining}"
        script:
            "../../workflow_scripts/steps/siblings/probing/read_hidden_states.py"

    rule probe_hidden_states:
        input:
            **(
                {
                    "ner_items": f"{ITEMS}/ner.parquet",
                    "ner": f"{CONDITION}/probing/ner.npy",
                    "ner_places": f"{CONDITION}/probing/ner_places.npy",
                }
                if WITH_NER
                else {}
            ),
            word_pairs=f"{ITEMS}/word_pairs.parquet",
            words_items=f"{ITEMS}/words.parquet",
            sentences_items=f"{ITEMS}/sentences.parquet",
            words=f"{CONDITION}/probing/words.npy",
            sentences=f"{CONDITION}/probing/sentences.npy",
        output:
            measures=f"{CONDITION}/probing/measures.csv",
            points=f"{CONDITION}/probing/points.parquet",
        log:
            f"{RESULTS}/logs/probe_hidden_states/{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}-{{pretraining}}.log",
        conda:
            "../../envs/cpu.yaml"
        threads: CONFIG.compute.threads
        resources:
            mem_mb=memory(8000),
            runtime=240,
        params:
            condition=condition_path,
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
            measures=[f"{CONDITIONS}/{c}/probing/measures.csv" for c in PROBED],
            points=[f"{CONDITIONS}/{c}/probing/points.parquet" for c in PROBED],
            templates=BRANCH_TEMPLATES,
        output:
            **probing_pictures(),
            csv=f"{RESULTS}/tables/probing.csv",
            page=f"{RESULTS}/report/probing.html",
        log:
            f"{RESULTS}/logs/draw_probing.log",
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
