"""Fine-tune a condition's model for retrieval and save it, for a collection that is encoded in shards."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow.step import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from functools import partial
    from pathlib import Path

    import pyarrow.parquet as pq
    from transformers import AutoConfig

    from semantic_tokens import tables
    from semantic_tokens.fine_tuning.planning import plan_here
    from semantic_tokens.fine_tuning.task import Data
    from semantic_tokens.fine_tuning.training import Recipe, train
    from semantic_tokens.grouping.partition import VocabularyPartition
    from semantic_tokens.models.checkpoint import load_for_task, save
    from semantic_tokens.resumable import Checkpoint, arithmetic, identity_of
    from semantic_tokens.tasks.retrieval import TASK

    group_of = VocabularyPartition.load(job.input.partition).token_lookup()
    judged = {name: tables.read(name, job.input[name]) for name in TASK.score_tables}
    settings, wildcards = TASK.settings(**job.params.settings), job.wildcards
    features = pq.ParquetFile(job.input.retrieval_features)
    data = Data(features, judged, group_of, wildcards.transfer, seed=job.params.seed)
    prepared = TASK.prepare(data, settings)
    folder = Path(job.input.model).parent
    memory = {"gpu": snakemake.resources.get("gpu_memory", 0), "host": job.params.host_memory}
    config, dim = AutoConfig.from_pretrained(folder), int(wildcards.dim)
    plan = plan_here("retrieval", settings, config, dim, job.device, job.params.precision, memory, wildcards.transfer)
    about = sorted(wildcards.items()), sorted(job.params.items()), arithmetic(job.device), plan
    identity = partial(identity_of, [path for _, path in sorted(job.input.items())], about)
    checkpoint = Checkpoint(Path(job.params.checkpoints) / "retrieval.pt", identity)
    load = partial(load_for_task, folder)
    recipe = Recipe(load, settings, int(wildcards.seed), job.device, plan, checkpoint)
    save(train(TASK, prepared, recipe), job.output.model.parent)
