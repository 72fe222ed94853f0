"""Geometry of embedding tables (arXiv 2311.18034). Takes models, dictionaries and token caches; gives
{RESULTS}/tables/geometry.csv, {RESULTS}/report/geometry.html and its pictures."""

MEASURED = analysed("geometry")
MEASURED_BACKBONES = list(dict.fromkeys(c.backbone for c in MEASURED))
# Text by backbone, to tell how frequent a token is: what a run reads anyway, which a hub backbone may not.
MEASURED_TEXTS = {
    c.backbone: pretraining_tokens(c)
    for c in MEASURED
    if c.backbone in SCRATCH or (c.pretraining == "mlm" and c.tokenizer == "full")
}


if CONFIG.geometry is None:

    rule geometry:
        input:
            lambda wildcards: not_asked_for("geometry"),
        localrule: True

else:

    LARGEST_TABLE = max(CONFIG.backbones[c.backbone].vocabulary * c.dim * 4 // 10**6 for c in MEASURED)  # MB
    WITH_PARTITION = [str(c) for c in MEASURED if "partition" in geometry_model(c)]
    GEOMETRY_PICTURES = ["umap", "measures", "separability", "angles", *["overlap"] * (len(MEASURED_BACKBONES) > 1)]

    rule geometry:
        input:
            f"{RESULTS}/report/geometry.html",
            f"{RESULTS}/tables/geometry.csv",
        localrule: True

    rule measure_geometry:
        input:
            unpack(geometry_inputs),
        output:
            measures=f"{CONDITION}/geometry/measures.csv",
            neighbours=f"{CONDITION}/geometry/neighbours.csv",
        log:
            f"{RESULTS}/logs/measure_geometry/{{backbone}}-d{{dim}}-{{alignment}}-{{grouping}}-{{pretraining}}.log",
        conda:
            "../../envs/cpu.yaml"
        threads: CONFIG.compute.threads
        resources:
            # The table as it is read, its rows of ordinary tokens, and those of shared tokens.
            mem_mb=memory(3000, tables=3),
            runtime=60,
        params:
            condition=condition_path,
            sample={
                name: getattr(CONFIG.geometry, name)
                for name in ("category_tokens", "tokens_per_class", "neighbour_share")
            },
            seed=CONFIG.run.seed,
            threads=CONFIG.compute.threads,
            code=code("measure_geometry"),
        message:
            "Geometry of {wildcards.backbone} d{wildcards.dim} "
            "{wildcards.alignment} {wildcards.grouping} {wildcards.pretraining}"
        script:
            "../../workflow_scripts/steps/siblings/geometry/measure_geometry.py"

    rule compare_geometry:
        input:
            **geometry_models(),
        output:
            **{f"measures_{i}": f"{CONDITIONS}/{c}/geometry/between.csv" for i, c in enumerate(MEASURED)},
            spectra=f"{RESULTS}/geometry/spectra.json",
        log:
            f"{RESULTS}/logs/compare_geometry.log",
        conda:
            "../../envs/cpu.yaml"
        threads: CONFIG.compute.threads
        resources:
            # Two tables, and of each what a measure makes of it.
            mem_mb=memory(3000 + 4 * LARGEST_TABLE),
            runtime=120,
        params:
            conditions=list(map(str, MEASURED)),
            with_partition=WITH_PARTITION,
            seed=CONFIG.run.seed,
            threads=CONFIG.compute.threads,
            code=code("compare_geometry"),
        message:
            "Shared vocabularies and canonical angles"
        script:
            "../../workflow_scripts/steps/siblings/geometry/compare_geometry.py"

    rule project_geometry:
        input:
            **geometry_models(),
        output:
            places=f"{RESULTS}/geometry/umap.parquet",
        log:
            f"{RESULTS}/logs/project_geometry.log",
        conda:
            "../../envs/cpu.yaml"
        resources:
            # Two tables, and of each what a measure makes of it.
            mem_mb=memory(3000 + 4 * LARGEST_TABLE),
            runtime=240,
        params:
            conditions=list(map(str, MEASURED)),
            with_partition=WITH_PARTITION,
            rows=CONFIG.geometry.picture_rows,
            seed=CONFIG.run.seed,
            threads=1,
            code=code("project_geometry"),
        message:
            "Embedding tables in the plane (UMAP)"
        script:
            "../../workflow_scripts/steps/siblings/geometry/project_geometry.py"

    rule draw_geometry:
        input:
            measures=[f"{CONDITIONS}/{c}/geometry/{part}.csv" for c in MEASURED for part in ("measures", "between")],
            neighbours=[f"{CONDITIONS}/{c}/geometry/neighbours.csv" for c in MEASURED],
            spectra=f"{RESULTS}/geometry/spectra.json",
            places=f"{RESULTS}/geometry/umap.parquet",
            templates=BRANCH_TEMPLATES,
        output:
            **{
                f"{name}_{kind}": f"{RESULTS}/report/geometry/{name}.{kind}"
                for name in GEOMETRY_PICTURES
                for kind in ("svg", "png")
            },
            csv=f"{RESULTS}/tables/geometry.csv",
            page=f"{RESULTS}/report/geometry.html",
        log:
            f"{RESULTS}/logs/draw_geometry.log",
        localrule: True
        conda:
            "../../envs/cpu.yaml"
        params:
            pictures=GEOMETRY_PICTURES,
            world=CONFIG.data.kind == "world",
            code=code("draw_geometry"),
        message:
            "Draw the geometry of the tables"
        script:
            "../../workflow_scripts/steps/siblings/geometry/draw_geometry.py"
