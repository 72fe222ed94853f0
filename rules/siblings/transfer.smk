"""Inference learned in English, tested in every language (arXiv 2502.04269). Takes scores; gives the table `transfer`,
its page and pictures."""

from semantic_tokens.conditions import Unit

if CONFIG.transfer is not None:

    rule measure_transfer:
        input:
            # Zero-shot, with all seeds: those of a study where one has them, else alone.
            scores=of(
                lambda condition: [
                    SCORING.file(condition, Unit("nli", "zero-shot", seed)) for seed in CONFIG.transfer.seeds
                ]
            ),
        output:
            measures=LAYOUT.at(ANY_CONDITION, "transfer", "measures.csv"),
        log:
            LAYOUT.log("measure_transfer", ANY_CONDITION),
        localrule: True
        conda:
            "../../envs/cpu.yaml"
        params:
            code=code("measure_transfer"),
        message:
            "Measure transfer from English: {wildcards.backbone} d{wildcards.dim} "
            "{wildcards.alignment} {wildcards.grouping} {wildcards.pretraining}"
        script:
            "../../workflow_scripts/steps/siblings/transfer/measure_transfer.py"

    rule draw_transfer:
        input:
            measures=[LAYOUT.at(c, "transfer", "measures.csv") for c in analysed(CONFIG, "transfer")],
            paper=own("reference/handle_languages.csv"),
            templates=ANALYSIS_TEMPLATES,
        output:
            **{
                f"{name}{suffix}": LAYOUT.picture("transfer", name, kind)
                for name in ("accuracy", "efficiency")
                for suffix, kind in (("", "svg"), ("_png", "png"))
            },
            csv=LAYOUT.table("transfer"),
            page=shown(LAYOUT.page("transfer"), "sibling_page", "Pages", page="transfer"),
        log:
            LAYOUT.log("draw_transfer"),
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
