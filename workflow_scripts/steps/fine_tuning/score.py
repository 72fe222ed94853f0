"""Fine-tune a condition's model on each task of a bundle and score it in every language."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    import shutil
    from functools import partial
    from pathlib import Path
    from types import SimpleNamespace

    import numpy as np
    import pyarrow.parquet as pq
    from transformers import AutoConfig

    from semantic_tokens import tables
    from semantic_tokens.conditions import Condition
    from semantic_tokens.grouping.partition import VocabularyPartition
    from semantic_tokens.models.checkpoint import load_for_task
    from semantic_tokens.resumable import Checkpoint, identity_of
    from semantic_tokens.tasks import score_table, score_task, task_module
    from semantic_tokens.tasks.planning import plan_here

    wildcards = job.wildcards
    folder, partition = Path(job.input.model).parent, job.input.get("partition")
    config = AutoConfig.from_pretrained(folder)
    # A model without a masked-LM head has no groups: its tokens stand for themselves.
    tokens = np.arange(config.vocab_size)
    group_of = VocabularyPartition.load(partition).token_lookup() if partition else tokens
    load = partial(load_for_task, folder)
    about = sorted(wildcards.items()), sorted(job.params.items()), job.device
    inputs = [path for _, path in sorted(job.input.items())]
    rows = {}
    memory = {"gpu": snakemake.resources.get("gpu_memory", 0), "host": job.params.host_memory}
    for task in wildcards.tasks.split("+"):
        settings = SimpleNamespace(**job.params.settings[task])
        plan = plan_here(task, settings, config, int(wildcards.dim), job.device, job.params.precision, memory)
        identity = partial(identity_of, inputs, (*about, plan))
        rows[task] = score_task(
            task,
            pq.ParquetFile(job.input[f"{task}_features"]),
            {name: tables.read(name, job.input[name]) for name in task_module(task).SCORE_TABLES},
            load,
            group_of,
            settings,
            transfer=wildcards.transfer,
            seed=int(wildcards.seed),
            split=job.params.split,
            device=job.device,
            plan=plan,
            checkpoint=Checkpoint(Path(job.params.checkpoints) / f"{task}.pt", identity),
        )
    path = f"{wildcards.backbone}/d{wildcards.dim}/{wildcards.alignment}/{wildcards.grouping}/{wildcards.pretraining}"
    table = score_table(Condition.parse(path), wildcards.transfer, int(wildcards.seed), rows)
    pq.write_table(table, job.output.scores)
shutil.rmtree(job.params.checkpoints, ignore_errors=True)  # the scores are in their place
