"""Estimate what the config would cost, on the terminal and in a table."""

import os
from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

terminal = os.fdopen(os.dup(1), "w")  # the step sends standard output to its log

with step(snakemake) as job:
    from dataclasses import replace
    from pathlib import Path

    from semantic_tokens.config.loading import load
    from semantic_tokens.estimate import costs as costing
    from semantic_tokens.estimate import table
    from semantic_tokens.estimate.plan import on_demand, plan_of
    from semantic_tokens.estimate.speeds import read_runs
    from semantic_tokens.report import manifest
    from semantic_tokens.report.costs import measured

    snakefile = Path(job.params.snakefile)
    config, calibration = load(job.params.config), read_runs(Path("results"), snakefile)
    here = manifest.collect(job.params.config, measured(Path(job.params.benchmarks)), snakefile.parent)
    plan, targets = plan_of(config, snakefile), on_demand(config, snakefile)
    hardware, resources = costing.hardware_of(config, here, calibration), Path("resources")
    costs = costing.costs(config, plan, hardware, calibration, resources)
    rows = table.rows(plan, costs, hardware, config.studies)
    for name, target in targets.items():
        own = costing.costs(config, target, hardware, calibration, resources)
        rows.append(table.on_demand(name, own, costs, hardware))
    table.write_csv(rows, Path(job.params.table))
    on_cores = costing.costs(config, plan, replace(hardware, gpus=0), calibration, resources)
    notes = [table.without_gpus(on_cores), *table.uncounted([plan, *targets.values()]), *calibration.notes]
    text = table.as_text(rows, plan, costs, hardware, notes, config.compute.gpu_memory)
    print(f"\n{text}\n", file=terminal, flush=True)
