"""Backbones. Takes the corpus (from scratch) or a download; gives {RESULTS}/backbones/{backbone}/, an ordinary checkpoint."""

SCRATCH = [name for name, backbone in CONFIG.backbones.items() if backbone.kind == "scratch"]
FROM_HUB = [name for name in CONFIG.backbones if name not in SCRATCH]
GET_HEAD = [name for name in FROM_HUB if CONFIG.backbones[name].masked_lm_head is not None]
# What the error ends with where a backbone cannot be had that a run can do without.
DISPENSABLE = {c.backbone for c in INSPECTED} - {c.backbone for c in ALL_CONDITIONS}
WITHOUT = ". To run without it, delete the section `inspection` of the config (docs/real-model.md)."


rule fetch_backbone:
    output:
        **LAYOUT.backbone("{backbone}"),
        tokenizer=LAYOUT.tokenizer("{backbone}"),
        tokenizer_config=LAYOUT.tokenizer_config("{backbone}"),
    log:
        LAYOUT.log("fetch_backbone", "{backbone}"),
    wildcard_constraints:
        backbone=one_of(FROM_HUB),
    # It waits for the network while others compute, and much waits for it.
    priority: 1
    conda:
        "../envs/cpu.yaml"
    resources:
        mem_mb=memory(12000),
        runtime=240,
    params:
        backbone=lambda wildcards: NEEDS.published(wildcards.backbone),
        files=lambda wildcards: NEEDS.own_files(wildcards.backbone),
        terms=lambda wildcards: NEEDS.terms(wildcards.backbone),
        mirror=CONFIG.mirror,
        offline=CONFIG.offline,
        without=lambda wildcards: WITHOUT if wildcards.backbone in DISPENSABLE else "",
        code=code("fetch_backbone"),
    message:
        "Fetch backbone {wildcards.backbone}"
    script:
        "../workflow_scripts/steps/backbones/fetch_backbone.py"


rule train_tokenizer:
    input:
        unpack(lambda wildcards: NEEDS.vocabulary_file(wildcards.backbone)),
        corpus=LAYOUT.data("corpus"),
    output:
        tokenizer=LAYOUT.tokenizer("{backbone}"),
        tokenizer_config=LAYOUT.tokenizer_config("{backbone}"),
    log:
        LAYOUT.log("train_tokenizer", "{backbone}"),
    wildcard_constraints:
        backbone=one_of(SCRATCH),
    conda:
        "../envs/cpu.yaml"
    threads: CONFIG.compute.threads
    resources:
        mem_mb=memory(2000),
        runtime=10,
    params:
        backbone=lambda wildcards: NEEDS.tokenizer(wildcards.backbone),
        threads=CONFIG.compute.threads,
        code=code("train_tokenizer"),
    message:
        "Train the tokenizer of {wildcards.backbone}"
    script:
        "../workflow_scripts/steps/backbones/train_tokenizer.py"


rule pretrain_backbone:
    input:
        unpack(lambda wildcards: NEEDS.backbone_tokens(wildcards.backbone)),
        tokenizer=rules.train_tokenizer.output.tokenizer,
    output:
        **LAYOUT.backbone("{backbone}"),
        losses=LAYOUT.backbone_losses("{backbone}"),
    log:
        LAYOUT.log("pretrain_backbone", "{backbone}"),
    benchmark:
        LAYOUT.benchmark("pretrain_backbone", "{backbone}")
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
        backbone=lambda wildcards: NEEDS.backbone(wildcards.backbone),
        checkpoint=LAYOUT.checkpoint("pretrain_backbone", "{backbone}"),
        seed=CONFIG.run.seed,
        device=CONFIG.compute.device,
        threads=CONFIG.compute.threads_pretraining,
        code=code("pretrain_backbone"),
    message:
        "Pretrain {wildcards.backbone} from scratch"
    script:
        "../workflow_scripts/steps/backbones/pretrain_backbone.py"


# Once for all conditions, and with the encoder frozen: table, groups and `none` conditions are those of the published one.
rule make_masked_lm_head:
    input:
        unpack(lambda wildcards: NEEDS.head_tokens(wildcards.backbone)),
        **LAYOUT.backbone("{backbone}"),
        tokenizer=LAYOUT.tokenizer("{backbone}"),
    output:
        **LAYOUT.backbone_with_head("{backbone}"),
        losses=LAYOUT.head_losses("{backbone}"),
    log:
        LAYOUT.log("make_masked_lm_head", "{backbone}"),
    benchmark:
        LAYOUT.benchmark("make_masked_lm_head", "{backbone}")
    wildcard_constraints:
        backbone=one_of(GET_HEAD),
    conda:
        "../envs/cpu.yaml"
    threads: CONFIG.compute.threads
    resources:
        mem_mb=memory(6000),
        runtime=1440,
        gpu=GPUS,
    params:
        training=lambda wildcards: NEEDS.masked_lm_head(wildcards.backbone),
        checkpoint=LAYOUT.checkpoint("make_masked_lm_head", "{backbone}"),
        seed=CONFIG.run.seed,
        device=CONFIG.compute.device,
        threads=CONFIG.compute.threads,
        code=code("make_masked_lm_head"),
    message:
        "Make a masked-LM head for {wildcards.backbone}"
    script:
        "../workflow_scripts/steps/backbones/make_masked_lm_head.py"
