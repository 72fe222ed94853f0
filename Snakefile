"""Tomato, Tomahto, Tomate: from nothing to the figures. `snakemake` runs what config.yaml asks for and ends at the page.

A condition is a path, backbone/truncation/alignment/grouping/pretraining, and each prefix of it is an artifact that all
longer conditions share. ARCHITECTURE.md tells the rest.
"""

import os
from pathlib import Path

from snakemake.utils import min_version

min_version("9.0")

# Steps import the library from here, whatever environment or container they run in.
LIBRARY = str(Path(workflow.basedir) / "workflow_scripts")
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (LIBRARY, os.environ.get("PYTHONPATH"))))


# The image that you build (docs/containers.md); `--software-deployment-method apptainer` alone reads it.
container: "semantic-tokens.sif"


# Snakemake would merge another config file into this one; a config here stands alone.
if not workflow.overwrite_configfiles:

    configfile: "config.yaml"


include: "rules/common.smk"
include: "rules/common_analyses.smk"
include: "rules/data.smk"
include: "rules/backbones.smk"
include: "rules/licences.smk"
include: "rules/tokens.smk"
include: "rules/alignment.smk"
include: "rules/grouping.smk"
include: "rules/pretraining.smk"
include: "rules/fine_tuning.smk"
include: "rules/export.smk"
include: "rules/studies.smk"
include: "rules/analysis.smk"
include: "rules/report.smk"
include: "rules/claims.smk"
include: "rules/siblings/geometry.smk"
include: "rules/siblings/probing.smk"
include: "rules/siblings/transfer.smk"
include: "rules/before_after.smk"
include: "rules/efficiency.smk"
include: "rules/estimate.smk"


localrules:
    all,
    data,
    backbones,
    alignment,
    groups,
    pretrain,
    scores,
    exports,
    report,
    claims,


rule all:
    default_target: True
    input:
        f"{RESULTS}/report/index.html",
        f"{RESULTS}/tables/scores.csv",
        TERMS,


rule data:
    input:
        [f"{RESULTS}/data/{name}.parquet" for name in DATA_TABLES],
        TERMS,


rule backbones:
    input:
        [f"{RESULTS}/backbones/{name}/model.safetensors" for name in CONFIG.backbones],


rule alignment:
    input:
        sorted({f"{CONDITIONS}/{c.aligned}/embeddings.safetensors" for c in ALL_CONDITIONS}),


rule groups:
    input:
        sorted({f"{CONDITIONS}/{c.grouped}/partition.parquet" for c in ALL_CONDITIONS}),


rule pretrain:
    input:
        [f"{CONDITIONS}/{c}/model.safetensors" for c in ALL_CONDITIONS],


rule exports:
    input:
        [f"{RESULTS}/exports/{c}/{form}/README.md" for c in EXPORTED for form in export_forms(c)],


rule scores:
    input:
        f"{RESULTS}/tables/scores.csv",


if "table5" not in CONFIG.studies:

    rule table5:
        input:
            f"{RESULTS}/tables/table5.csv",
        localrule: True


rule report:
    input:
        f"{RESULTS}/report/index.html",


rule claims:
    input:
        f"{RESULTS}/tables/claims.md",
        f"{RESULTS}/tables/expected_claims.txt" if CONFIG.expect_claims else [],


include: "rules/targets.smk"
