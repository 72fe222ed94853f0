"""Fine-tune a condition's model on each task of a bundle and score it in every language."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from functools import partial
    from pathlib import Path

    import numpy as np
    import pyarrow.parquet as pq
    from transformers import AutoConfig

    from semantic_tokens import tables
    from semantic_tokens.conditions import Condition
    from semantic_tokens.fine_tuning.planning import plan_here
    from semantic_tokens.fine_tuning.scores import score_table
    from semantic_tokens.fine_tuning.task import Data
    from semantic_tokens.fine_tuning.training import Recipe, score
    from semantic_tokens.grouping.partition import VocabularyPartition
    from semantic_tokens.models.checkpoint import load_for_task
    from semantic_tokens.resumable import Checkpoint, arithmetic, identity_of
    from semantic_tokens.tasks import task

    wildcards, condition = job.wildcards, Condition.from_wildcards(job.wildcards)
    folder, partition = Path(job.input.model).parent, job.input.get("partition")
    config = AutoConfig.from_pretrained(folder)
    # A model without a masked-LM head has no groups: its tokens stand for themselves.
    tokens = np.arange(config.vocab_size)
    group_of = VocabularyPartition.load(partition).token_lookup() if partition else tokens
    load = partial(load_for_task, folder)
    about = sorted(wildcards.items()), sorted(job.params.items()), arithmetic(job.device)
    inputs = [path for _, path in sorted(job.input.items())]
    rows, said = {}, {}
    memory = {"gpu": snakemake.resources.get("gpu_memory", 0), "host": job.params.host_memory}
    for own in map(task, wildcards.tasks.split("+")):
        settings = own.settings(**job.params.settings[own.name])
        read = {name: tables.read(own.formats[name], job.input[name]) for name in own.score_tables}
        features = pq.ParquetFile(job.input[f"{own.name}_features"])
        data = Data(features, read, group_of, wildcards.transfer, job.params.split, job.params.seed)
        plan = plan_here(
            own.name, settings, config, condition.dim, job.device, job.params.precision, memory, wildcards.transfer
        )
        identity = partial(identity_of, inputs, (*about, plan))
        checkpoint = Checkpoint(Path(job.params.checkpoints) / f"{own.name}.pt", identity)
        recipe = Recipe(load, settings, int(wildcards.seed), job.device, plan, checkpoint)
        rows[own.name] = score(own, data, recipe)
        said[own.name] = settings.recorded()
    table = score_table(condition, wildcards.transfer, int(wildcards.seed), rows, said)
    pq.write_table(table, job.output.scores)
