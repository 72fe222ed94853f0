"""Geometry of embedding tables (arXiv 2311.18034). Takes models, dictionaries and token caches; gives the table
`geometry`, its page and pictures."""

from semantic_tokens.siblings.geometry.inputs import beside_table, table_files

if CONFIG.geometry is not None:
    MEASURED = analysed(CONFIG, "geometry")
    MEASURED_BACKBONES = list(dict.fromkeys(c.backbone for c in MEASURED))
    # To tell how frequent a token is.
    MEASURED_TEXTS = NEEDS.texts(MEASURED)
    LARGEST_TABLE = max(map(NEEDS.table_mb, MEASURED))
    GEOMETRY_PICTURES = ["umap", "measures", "separability", "angles", *["overlap"] * (len(MEASURED_BACKBONES) > 1)]

    # The measures as published are of the backbones that the paper compares.
    COMPARED = {name: LAYOUT.tokenizer(name) for name in CONFIG.geometry.shared_by or MEASURED_BACKBONES}
    table_of = lambda condition: table_files(condition, NEEDS.model(condition), LAYOUT.embeddings(condition))
    TABLES_MEASURED = list(map(table_of, MEASURED))
    ALL_MEASURED = {
        f"{name}s": [files[name] for files in TABLES_MEASURED if name in files]
        for name in ("model", "tokenizer", "partition")
    }
    WITH_PARTITION = [str(c) for c, files in zip(MEASURED, TABLES_MEASURED) if "partition" in files]

    rule measure_geometry:
        input:
            unpack(of(table_of)),
            # An aligned table's own dictionaries say what its alignment was not shown.
            unpack(
                of(
                    lambda condition: beside_table(
                        condition.backbone,
                        CONFIG.geometry.source_set
                        and LAYOUT.token_pairs(condition.backbone, condition.source_set or CONFIG.geometry.source_set)[
                            "pairs"
                        ],
                        COMPARED,
                        MEASURED_TEXTS,
                    )
                )
            ),
        output:
            measures=LAYOUT.at(ANY_CONDITION, "geometry", "measures.csv"),
            neighbours=LAYOUT.at(ANY_CONDITION, "geometry", "neighbours.csv"),
        log:
            LAYOUT.log("measure_geometry", ANY_CONDITION),
        conda:
            "../../envs/cpu.yaml"
        threads: CONFIG.compute.threads
        resources:
            # The table as it is read, its rows of ordinary tokens, and those of shared tokens.
            mem_mb=memory(3000, tables=3),
            runtime=60,
        params:
            sample=lambda wildcards: settings(CONFIG.geometry.sample_of(wildcards.backbone)),
            seed=CONFIG.run.seed,
            threads=CONFIG.compute.threads,
            code=code("measure_geometry"),
        message:
            "Measure the geometry of {wildcards.backbone} d{wildcards.dim} "
            "{wildcards.alignment} {wildcards.grouping} {wildcards.pretraining}"
        script:
            "../../workflow_scripts/steps/siblings/geometry/measure_geometry.py"

    rule compare_geometry:
        input:
            **ALL_MEASURED,
        output:
            **{f"measures_{i}": LAYOUT.at(c, "geometry", "between.csv") for i, c in enumerate(MEASURED)},
            spectra=LAYOUT.analysis("geometry", "spectra.json"),
        log:
            LAYOUT.log("compare_geometry"),
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
            "Compare vocabularies and canonical angles"
        script:
            "../../workflow_scripts/steps/siblings/geometry/compare_geometry.py"

    rule project_geometry:
        input:
            **ALL_MEASURED,
        output:
            places=LAYOUT.analysis("geometry", "umap.parquet"),
        log:
            LAYOUT.log("project_geometry"),
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
            "Project embedding tables into the plane (UMAP)"
        script:
            "../../workflow_scripts/steps/siblings/geometry/project_geometry.py"

    rule draw_geometry:
        input:
            measures=[LAYOUT.at(c, "geometry", f"{part}.csv") for c in MEASURED for part in ("measures", "between")],
            neighbours=[LAYOUT.at(c, "geometry", "neighbours.csv") for c in MEASURED],
            spectra=rules.compare_geometry.output.spectra,
            places=rules.project_geometry.output.places,
            templates=ANALYSIS_TEMPLATES,
        output:
            **{
                f"{name}_{kind}": LAYOUT.picture("geometry", name, kind)
                for name in GEOMETRY_PICTURES
                for kind in ("svg", "png")
            },
            csv=LAYOUT.table("geometry"),
            page=shown(LAYOUT.page("geometry"), "sibling_page", "Pages", page="geometry"),
        log:
            LAYOUT.log("draw_geometry"),
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
