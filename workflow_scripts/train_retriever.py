"""Fine-tune a condition's model for retrieval and save it, for a collection that is encoded in shards."""

from typing import TYPE_CHECKING

from semantic_tokens.workflow import step

if TYPE_CHECKING:
    from snakemake.script import snakemake

with step(snakemake) as job:
    from functools import partial
    from pathlib import Path
    from types import SimpleNamespace

    import pyarrow.parquet as pq

    from semantic_tokens import tables
    from semantic_tokens.grouping.partition import VocabularyPartition
    from semantic_tokens.models.checkpoint import load_for_task, save
    from semantic_tokens.tasks import retrieval
    from semantic_tokens.tasks.ranking import load_collection

    group_of = VocabularyPartition.load(job.input.partition).token_lookup()
    judged = {name: tables.read(name, job.input[name]) for name in retrieval.SCORE_TABLES}
    collection = load_collection(pq.ParquetFile(job.input.retrieval_features), judged, group_of)
    load = partial(load_for_task, Path(job.input.model).parent)
    settings, wildcards = SimpleNamespace(**job.params.settings), job.wildcards
    model = retrieval.train(collection, load, settings, wildcards.transfer, int(wildcards.seed), job.device)
    save(model, job.output.model.parent)
