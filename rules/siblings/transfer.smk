"""Inference learned in English, tested in every language (arXiv 2502.04269). Takes scores; gives
{RESULTS}/tables/transfer.csv, {RESULTS}/report/transfer.html and its pictures."""

TRANSFERRED = analysed("transfer")


if CONFIG.transfer is None:

    rule transfer:
        input:
            lambda wildcards: not_asked_for("transfer"),
        localrule: True

else:

    rule transfer:
        input:
            f"{RESULTS}/report/transfer.html",
            f"{RESULTS}/tables/transfer.csv",
        localrule: True

    rule measure_transfer:
        input:
            scores=transfer_scores,
        output:
            measures=f"{CONDITION}/transfer/measures.csv",
        log:
            f"{RESULTS}/logs/measure_transfer/{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}-{{pretraining}}.log",
        localrule: True
        conda:
            "../../envs/cpu.yaml"
        params:
            condition=condition_path,
            code=code("measure_transfer"),
        message:
            "Transfer from English of {wildcards.backbone} d{wildcards.dim} "
            "{wildcards.alignment} {wildcards.grouping} {wildcards.pretraining}"
        script:
            "../../workflow_scripts/steps/siblings/transfer/measure_transfer.py"

    rule draw_transfer:
        input:
            measures=[f"{CONDITIONS}/{c}/transfer/measures.csv" for c in TRANSFERRED],
            paper="reference/handle_languages.csv",
            templates=BRANCH_TEMPLATES,
        output:
            accuracy=f"{RESULTS}/report/transfer/accuracy.svg",
            accuracy_png=f"{RESULTS}/report/transfer/accuracy.png",
            efficiency=f"{RESULTS}/report/transfer/efficiency.svg",
            efficiency_png=f"{RESULTS}/report/transfer/efficiency.png",
            csv=f"{RESULTS}/tables/transfer.csv",
            page=f"{RESULTS}/report/transfer.html",
        log:
            f"{RESULTS}/logs/draw_transfer.log",
        localrule: True
        conda:
            "../../envs/cpu.yaml"
        params:
            stands_for=CONFIG.claims.stands_for,
            world=CONFIG.data.kind == "world",
            code=code("draw_transfer"),
        message:
            "Draw transfer from English"
        script:
            "../../workflow_scripts/steps/siblings/transfer/draw_transfer.py"
