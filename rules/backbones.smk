"""Backbones. Takes the corpus (from scratch) or a download; gives {RESULTS}/backbones/{backbone}/, an ordinary checkpoint."""

from semantic_tokens.sources.fetch.registry import source

BACKBONE = f"{RESULTS}/backbones/{{backbone}}"
FROM_HUB = [name for name in CONFIG.backbones if name not in SCRATCH]


rule fetch_backbone:
    output:
        config=f"{BACKBONE}/config.json",
        model=f"{BACKBONE}/model.safetensors",
        tokenizer=f"{BACKBONE}/tokenizer.json",
        tokenizer_config=f"{BACKBONE}/tokenizer_config.json",
    log:
        f"{RESULTS}/logs/fetch_backbone/{{backbone}}.log",
    wildcard_constraints:
        backbone=one_of(FROM_HUB),
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=memory(12000),
        runtime=240,
    params:
        backbone=backbone_settings,
        files=backbone_files,
        terms=backbone_terms,
        mirror=CONFIG.mirror,
        offline=CONFIG.offline,
        code=code("fetch_backbone"),
    message:
        "Bring the backbone {wildcards.backbone}"
    script:
        "../workflow_scripts/steps/backbones/fetch_backbone.py"


rule train_tokenizer:
    input:
        corpus=f"{RESULTS}/data/corpus.parquet",
        vocabulary_file=vocabulary_file,
    output:
        tokenizer=f"{BACKBONE}/tokenizer.json",
        tokenizer_config=f"{BACKBONE}/tokenizer_config.json",
    log:
        f"{RESULTS}/logs/train_tokenizer/{{backbone}}.log",
    wildcard_constraints:
        backbone=one_of(SCRATCH),
    conda:
        "../envs/cpu.yaml"
    threads: CONFIG.compute.threads
    resources:
        mem_mb=memory(2000),
        runtime=10,
    params:
        backbone=tokenizer_settings,
        threads=CONFIG.compute.threads,
        code=code("train_tokenizer"),
    message:
        "Train the tokenizer of {wildcards.backbone}"
    script:
        "../workflow_scripts/steps/backbones/train_tokenizer.py"


rule pretrain_backbone:
    input:
        unpack(pretraining_tokens),
        tokenizer=f"{BACKBONE}/tokenizer.json",
    output:
        config=f"{BACKBONE}/config.json",
        model=f"{BACKBONE}/model.safetensors",
        losses=f"{BACKBONE}/losses.csv",
    log:
        f"{RESULTS}/logs/pretrain_backbone/{{backbone}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/pretrain_backbone/{{backbone}}.tsv"
    wildcard_constraints:
        backbone=one_of(SCRATCH),
    conda:
        "../envs/cpu.yaml"
    threads: CONFIG.compute.threads_pretraining
    resources:
        mem_mb=memory(3000),
        runtime=60,
        gpu=GPUS,
    params:
        backbone=backbone_settings,
        checkpoint=f"{RESULTS}/checkpoints/{{backbone}}.pt",
        seed=CONFIG.run.seed,
        device=CONFIG.compute.device,
        threads=CONFIG.compute.threads_pretraining,
        code=code("pretrain_backbone"),
    message:
        "Pretrain {wildcards.backbone} from scratch"
    script:
        "../workflow_scripts/steps/backbones/pretrain_backbone.py"
