"""Exports. Takes a condition's model, partition and tokenizer; gives a folder to take away, in one of three forms."""

EXPORTED = list(dict.fromkeys(condition for pattern in CONFIG.exports for condition in conditions.expand(pattern)))
EXPORT = f"{RESULTS}/exports/{{backbone}}/d{{dim}}/{{alignment}}/{{grouping}}/{{pretraining}}/{{form}}"
TABLE5 = Path(f"{RESULTS}/tables/table5.csv")


rule export_model:
    input:
        config=f"{CONDITION}/config.json",
        model=f"{CONDITION}/model.safetensors",
        partition=f"{ALIGNED}/{{grouping}}/partition.parquet",
        tokenizer=condition_tokenizer,
        tokenizer_config=f"{BACKBONE}/tokenizer_config.json",
        template="workflow_scripts/semantic_tokens/models/export/README.md.j2",
    output:
        config=f"{EXPORT}/config.json",
        model=f"{EXPORT}/model.safetensors",
        partition=f"{EXPORT}/partition.parquet",
        tokenizer=f"{EXPORT}/tokenizer.json",
        tokenizer_config=f"{EXPORT}/tokenizer_config.json",
        card=f"{EXPORT}/README.md",
    log:
        f"{RESULTS}/logs/export_model/{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}-{{pretraining}}-{{form}}.log",
    wildcard_constraints:
        form="expanded|compact|compact-wordpiece",
    conda:
        "../envs/cpu.yaml"
    threads: CONFIG.compute.threads
    resources:
        mem_mb=memory(6000),
        runtime=15,
    params:
        condition=condition_path,
        made=how_it_was_made,
        scores=scores_so_far,
        threads=CONFIG.compute.threads,
        code=code("export_model"),
    message:
        "Export {wildcards.backbone} d{wildcards.dim} {wildcards.alignment} {wildcards.grouping} "
        "{wildcards.pretraining}, {wildcards.form}"
    script:
        "../workflow_scripts/steps/export/export_model.py"
