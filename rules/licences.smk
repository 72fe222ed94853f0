"""The terms of data and backbones. Gives {RESULTS}/tables/sources.csv, and a notice at the start."""

import sys

from semantic_tokens.sources.listing import LOCAL_ONLY, is_own
from semantic_tokens.sources.fetch.registry import found_at, non_commercial, own_terms, provenance_table

# Those of the siblings too: their targets may be asked for at any time.
ANALYSED_BACKBONES = {c.backbone for name in SIBLINGS for c in analysed(CONFIG, name)}
USED_FROM_HUB = [
    name for name in FROM_HUB if name in {c.backbone for c in [*INSPECTED, *ALL_CONDITIONS]} | ANALYSED_BACKBONES
]
TERMS = [LAYOUT.table("sources")] if SOURCES or USED_FROM_HUB else []


MODELS = [CONFIG.backbones[name].model for name in USED_FROM_HUB if CONFIG.backbones[name].model is not None]
OWN = {name: CONFIG.backbones[name].folder for name in USED_FROM_HUB if CONFIG.backbones[name].model is None}

if TERMS:
    RESTRICTED = non_commercial(
        [name for name in sorted(SOURCES) if name not in LOCAL_ONLY and not is_own(name)] + MODELS
    )
    NOTICES.insert(
        0, f"sources that do not allow commercial use: {', '.join(RESTRICTED) or 'none'}; licences: {TERMS[0]}"
    )


onstart:
    for notice in NOTICES:
        print(notice, file=sys.stderr)


rule list_sources:
    input:
        records=list(map(LAYOUT.source, sorted(SOURCES))),
    output:
        table=shown(LAYOUT.table("sources"), "sources", "Run", file="sources"),
    log:
        LAYOUT.log("list_sources"),
    localrule: True
    conda:
        "../envs/cpu.yaml"
    params:
        backbones=provenance_table(MODELS) + [own_terms(name) | found_at(folder) for name, folder in OWN.items()],
        code=code("list_sources"),
    message:
        "List sources and backbones with their licences"
    script:
        "../workflow_scripts/steps/licences/list_sources.py"
