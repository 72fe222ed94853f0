"""Say what the config would cost: on the terminal and in a table."""

import os
from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

terminal = os.fdopen(os.dup(1), "w")  # the step sends standard output to its log

with step(snakemake) as job:
    from dataclasses import replace
    from pathlib import Path

    from semantic_tokens import estimate
    from semantic_tokens.config.loading import load
    from semantic_tokens.estimate.plan import on_demand, plan_of
    from semantic_tokens.estimate.speeds import read_runs
    from semantic_tokens.report import manifest

    snakefile = Path(job.params.snakefile)
    config, calibration = load(job.params.config), read_runs(Path("results"), snakefile)
    here = manifest.collect(job.params.config, Path(job.params.benchmarks), snakefile.parent)
    plan, targets = plan_of(config, snakefile), on_demand(config, snakefile)
    hardware, resources = estimate.hardware_of(config, here, calibration), Path("resources")
    costs = estimate.costs(config, plan, hardware, calibration, resources)
    rows = estimate.rows(plan, costs, hardware, config.studies)
    for name, target in targets.items():
        own = estimate.costs(config, target, hardware, calibration, resources)
        rows.append(estimate.on_demand(name, own, costs, hardware))
    estimate.write_csv(rows, Path(job.params.table))
    on_cores = estimate.costs(config, plan, replace(hardware, gpus=0), calibration, resources)
    notes = [estimate.without_gpus(on_cores), *estimate.uncounted([plan, *targets.values()]), *calibration.notes]
    text = estimate.as_text(rows, plan, costs, hardware, notes, config.compute.gpu_memory)
    print(f"\n{text}\n", file=terminal, flush=True)
