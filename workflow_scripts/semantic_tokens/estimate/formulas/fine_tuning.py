"""Fine-tuning and its evaluation, in one job per bundle; retrieval also in shards."""

from dataclasses import replace

from semantic_tokens.conditions import Condition
from semantic_tokens.config.models import Config
from semantic_tokens.estimate import items
from semantic_tokens.estimate.dag import DagJob
from semantic_tokens.estimate.formulas.conditions import over_groups
from semantic_tokens.estimate.jobs import Training, Work
from semantic_tokens.fine_tuning.memory import Update, host_memory
from semantic_tokens.models.shape import TRAINING

RETRIEVAL = "retrieval"


def score(job: DagJob, config: Config) -> Work:
    bundle = job.wildcards["tasks"].split("+")
    return _training(job, config, bundle, [_fine_tuning(job, config, task) for task in bundle])


def train_retriever(job: DagJob, config: Config) -> Work:
    whole = _fine_tuning(job, config, RETRIEVAL)
    return _training(job, config, [RETRIEVAL], [replace(whole, read=0, reading=0)])


def encode_passages(job: DagJob, config: Config) -> Work:
    whole, shards = _fine_tuning(job, config, RETRIEVAL), job.params["shards"]
    part = replace(whole, trained=0, work=0, updates=0, read=whole.read / shards, reading=whole.reading / shards)
    return _training(job, config, [RETRIEVAL], [part])


def search_passages(job: DagJob, config: Config) -> Work:
    return Work(_stage([RETRIEVAL]), "searching", items.searched_pairs(config, RETRIEVAL), "sampled")


def _fine_tuning(job: DagJob, config: Config, task: str) -> Training:
    """Of a task, and the evaluation after it."""
    condition = Condition.from_wildcards(job.wildcards)
    shape, groups = over_groups(config, condition)
    reading = items.reading(config, task, job.wildcards["transfer"])
    return Training(
        Update(task, config.tasks.named()[task], replace(shape, vocabulary=groups), condition.dim),
        config.compute.precision,
        trained=reading.training,
        work=shape.forward(TRAINING * reading.training, reading.length),
        updates=reading.updates,
        length=reading.length,
        read=reading.evaluation,
        reading=shape.forward(reading.evaluation, reading.length),
        host=host_memory(shape, condition.dim),
    )


def _training(job: DagJob, config: Config, bundle: list[str], trainings: list[Training]) -> Work:
    condition = Condition.from_wildcards(job.wildcards)
    shape, _ = over_groups(config, condition)
    return Work(
        _stage(bundle),
        "training",
        sum(training.work + training.reading for training in trainings),
        "sampled" if shape.known else "assumed",
        like=f"{' '.join(bundle)} {shape.layers} x {shape.dim}",
        trainings=tuple(trainings),
    )


def _stage(bundle: list[str]) -> str:
    return f"score {' '.join(bundle)}"


FORMULAS = {
    "score": score,
    "train_retriever": train_retriever,
    "encode_passages": encode_passages,
    "search_passages": search_passages,
}
