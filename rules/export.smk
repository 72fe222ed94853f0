"""Exports. Takes a condition's model, partition and tokenizer; gives a self-contained folder, in one of three forms."""

from semantic_tokens.report.card_scores import main_scores

EXPORTED = list(dict.fromkeys(condition for pattern in CONFIG.exports for condition in conditions.expand(pattern)))


rule export_model:
    input:
        unpack(of(NEEDS.model)),
        tokenizer_config=LAYOUT.tokenizer_config("{backbone}"),
    output:
        **LAYOUT.export(ANY_CONDITION, "{form}"),
    log:
        LAYOUT.log("export_model", f"{ANY_CONDITION}/{{form}}"),
    wildcard_constraints:
        form="expanded|compact|compact-wordpiece",
    conda:
        "../envs/cpu.yaml"
    threads: CONFIG.compute.threads
    resources:
        mem_mb=memory(6000),
        runtime=15,
    params:
        threads=CONFIG.compute.threads,
        code=code("export_model"),
    message:
        "Export {wildcards.backbone} d{wildcards.dim} {wildcards.alignment} {wildcards.grouping} "
        "{wildcards.pretraining}, {wildcards.form}"
    script:
        "../workflow_scripts/steps/export/export_model.py"


# A separate rule, since scores may come later: an export does not wait for fine-tuning, nor is it written again after it.
rule write_model_card:
    input:
        config=rules.export_model.output.config,
        model=rules.export_model.output.model,
        partition=rules.export_model.output.partition,
        template=own("workflow_scripts/semantic_tokens/models/export/README.md.j2"),
    output:
        card=LAYOUT.model_card(ANY_CONDITION, "{form}"),
    log:
        LAYOUT.log("write_model_card", f"{ANY_CONDITION}/{{form}}"),
    wildcard_constraints:
        form="expanded|compact|compact-wordpiece",
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        made=of(NEEDS.export_card),
        scores=of(lambda condition: main_scores(Path(LAYOUT.table("table5")), condition)),
        tasks=tasks.shown(),
        code=code("write_model_card"),
    message:
        "Write the model card of {wildcards.backbone} d{wildcards.dim} {wildcards.alignment} {wildcards.grouping} "
        "{wildcards.pretraining}, {wildcards.form}"
    script:
        "../workflow_scripts/steps/export/write_model_card.py"
