"""Tomato, Tomahto, Tomate: from nothing to the figures. `snakemake` runs what config.yaml asks for and ends at the page.

A condition is a path, backbone/truncation/alignment/grouping/pretraining, and each prefix of it is an artifact that all
longer conditions share. ARCHITECTURE.md tells the rest.
"""

import os
import sys
from pathlib import Path

from snakemake.utils import min_version

min_version("9.0")

if any(map(str.isspace, sys.executable)):
    raise WorkflowError(
        f"{sys.executable}: Snakemake cannot start a Python whose path has a blank: move the project, or its .venv"
    )

# This checkout, also where another workflow uses it as a module and runs elsewhere.
PROJECT = Path(workflow.current_basedir)
# The library is its own, for the rules and for steps in whatever environment or container they run.
LIBRARY = str(PROJECT / "workflow_scripts")
sys.path.insert(0, LIBRARY)
os.environ.update(PYTHONPATH=os.pathsep.join(filter(None, (LIBRARY, os.environ.get("PYTHONPATH")))))

from semantic_tokens.workflow import orders

orders.take_charge()  # a step ends with the Snakemake that started it

# A file of this project, by its path from the working directory.
own = lambda path: os.path.relpath(PROJECT / path)


# The image that you build (docs/containers.md); `--software-deployment-method apptainer` alone reads it.
container: "semantic-tokens.sif"


# What `snakemake --report` opens with.
report: str(PROJECT / "captions/workflow.rst")


# Snakemake would merge another config file into this one; a config here stands alone.
if not workflow.overwrite_configfiles:

    configfile: "config.yaml"


include: "rules/common.smk"
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
include: "rules/groups_page.smk"
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
    latex,
    claims,


rule all:
    default_target: True
    input:
        LAYOUT.page("index"),
        GROUPS_PAGE,
        LAYOUT.table("scores"),
        rules.write_latex.output,
        TERMS,


rule data:
    input:
        list(map(LAYOUT.data, DATA_TABLES)),
        TERMS,


rule backbones:
    input:
        [NEEDS.finished_backbone(name)["model"] for name in CONFIG.backbones],


rule alignment:
    input:
        sorted(set(map(LAYOUT.embeddings, ALL_CONDITIONS))),


rule groups:
    input:
        sorted(set(map(LAYOUT.partition, ALL_CONDITIONS))),


rule pretrain:
    input:
        [LAYOUT.model(c)["model"] for c in ALL_CONDITIONS],


rule exports:
    input:
        [LAYOUT.model_card(c, form) for c in EXPORTED for form in NEEDS.export_forms(c)],


rule scores:
    input:
        LAYOUT.table("scores"),


if "table5" not in CONFIG.studies:

    rule table5:
        input:
            LAYOUT.table("table5"),
        localrule: True


rule report:
    input:
        LAYOUT.page("index"),
        GROUPS_PAGE,


rule latex:
    input:
        rules.write_latex.output,


rule claims:
    input:
        LAYOUT.table("claims", "md"),
        LAYOUT.table("expected_claims", "txt") if CONFIG.expect_claims else [],


include: "rules/targets.smk"
include: "rules/begin.smk"
