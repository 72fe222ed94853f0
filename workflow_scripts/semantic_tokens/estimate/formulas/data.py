"""Tables of data: generated, downloaded and read; BM25 candidates."""

from collections.abc import Iterable
from typing import Any

from semantic_tokens.config.data import WorldData
from semantic_tokens.config.models import Config
from semantic_tokens.estimate import downloads, facts, items
from semantic_tokens.estimate.dag import DagJob
from semantic_tokens.estimate.jobs import Resource, Work
from semantic_tokens.tasks import declared

STAGE = "data"
WORD_PAIR = 20  # bytes, compressed
RANKED = ("retrieval", "rerank")


def generate_world(job: DagJob, config: Config) -> Work:
    tasks = [name for name in config.tasks.named() if not declared()[name].own_table]
    size = sum(table_bytes(config, table) for table in ("corpus", *tasks))
    return Work(STAGE, "generating", size, "sampled", leaves=size)


def obtain_source(job: DagJob, config: Config) -> Work:
    name = job.wildcards["source"]
    size, published = downloads.of_source(config, name)
    return Work(
        STAGE, "download", size, "exact" if published else "assumed", resource=Resource(f"sources/{name}", name)
    )


def read_corpus(job: DagJob, config: Config) -> Work:
    return _read(config, "corpus", job.params["sources"])


def read_word_pairs(job: DagJob, config: Config) -> Work:
    return _read(config, "word_pairs", job.params["sources"])


def read_task(job: DagJob, config: Config) -> Work:
    return _read(config, job.wildcards["table"], job.params["sources"])


def read_own_table(job: DagJob, config: Config) -> Work:
    return _read(config, job.params["task"], [])


def obtain_own(job: DagJob, config: Config) -> Work:
    data: Any = config.data
    role = job.wildcards["role"]
    size, published = downloads.of_source(config, f"own-{role}")
    folder = (data.own[role].dataset or "").replace("/", "--")
    resource = Resource(f"sources/own-{role}", folder or "own")
    return Work(STAGE, "download", size, "exact" if published else "assumed", resource=resource)


def read_collection(job: DagJob, config: Config) -> Work:
    return _read(config, "collection", job.params["sources"])


def retrieve_candidates(job: DagJob, config: Config) -> Work:
    queries = sum(sum(splits.values()) for splits in items.task_rows(config, "rerank").values())
    searched = items.passages(config).values()
    pairs = queries * sum(searched) / max(1, len(searched))  # a query searches its own language
    return Work(STAGE, "searching", pairs, "sampled")


def table_bytes(config: Config, table: str) -> float:
    """Bytes of a canonical table; `collection` is queries, passages and judgements."""
    data: Any = config.data
    if table == "corpus":
        return items.corpus_tokens(config) * facts.BYTES_A_TOKEN
    if table == "word_pairs":
        return items.token_pairs(config, data.dictionaries) * WORD_PAIR
    return task_tokens(config, table) * facts.BYTES_A_TOKEN


def task_tokens(config: Config, task: str) -> float:
    """Tokens of all items of a task, as its features hold them."""
    if task in (*RANKED, "collection"):
        return sum(items.passages(config).values()) * items.mean_tokens(config, "passage")
    if declared()[task].own_table:
        return items.own_tokens(config, task)
    rows = sum(sum(splits.values()) for splits in items.task_rows(config, task).values())
    windows = facts.QA_WINDOWS if task == "qa" and not isinstance(config.data, WorldData) else 1
    return rows * windows * items.mean_tokens(config, task)


def _read(config: Config, table: str, sources: Iterable[str]) -> Work:
    size = table_bytes(config, table)
    read = max(size, sum(downloads.of_source(config, source).size for source in sources))
    return Work(STAGE, "reading", read, "assumed", leaves=size)


FORMULAS = {
    "generate_world": generate_world,
    "obtain_source": obtain_source,
    "obtain_own": obtain_own,
    "read_corpus": read_corpus,
    "read_word_pairs": read_word_pairs,
    "read_task": read_task,
    "read_own_table": read_own_table,
    "read_collection": read_collection,
    "read_own_collection": read_collection,
    "retrieve_candidates": retrieve_candidates,
}
