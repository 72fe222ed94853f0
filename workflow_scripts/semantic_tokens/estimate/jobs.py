"""What a job has to do, and the plan of all jobs: which needs which, and for which studies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from semantic_tokens.fine_tuning.memory import Update
from semantic_tokens.fine_tuning.plan import Asked

# Arithmetic, in FLOP, on a GPU where there is one; then work of the processor, in bytes, but for `searching`: pairs of
# a query and a passage, and `measuring`: seconds that our own benchmark took, scaled to the job's size.
Arithmetic = Literal["training", "kmeans", "alignment"]
Kind = Arithmetic | Literal["download", "generating", "reading", "tokenising", "weights", "searching", "measuring"]
ARITHMETIC = ("training", "kmeans", "alignment")
# How the amount of work is known: it follows from the config or is published; from counts times the mean lengths of a
# sample; or it is assumed.
Known = Literal["exact", "sampled", "assumed"]


@dataclass(frozen=True)
class Training:
    """Passes of one model over tokens in sequences of a mean `length`: fine-tuning with its evaluation, or pretraining.

    update      what one update is of; its whole table (pretraining) or its touched rows are trained
    precision   of the products, as the config has it
    trained     tokens that go forwards and backwards, `work` FLOP
    read        tokens that go forwards only, `reading` FLOP
    updates     of the weights
    passes      micro-batches in an update; None where memory decides
    host        bytes that the job asks for on a CPU
    """

    update: Update
    precision: Asked
    trained: float
    work: float
    updates: float
    length: float
    read: float = 0
    reading: float = 0
    passes: float | None = None
    host: float = 0


class Resource(NamedTuple):
    """What a download is shown as, and the folder under resources/ that it goes to."""

    title: str
    folder: str


@dataclass(frozen=True)
class Work:
    """What a job has to do, as a formula of its step says.

    stage      the line of the table that it counts in
    work       in the unit of its kind
    leaves     bytes that stay on disk
    like       jobs of the same kind and `like` run at the same speed
    trainings  of what the work of a job of kind "training" consists
    resource   what a job of kind "download" brings
    """

    stage: str
    kind: Kind
    work: float
    known: Known
    leaves: float = 0
    like: str = ""
    trainings: tuple[Training, ...] = ()
    resource: Resource | None = None


@dataclass(frozen=True)
class PlannedJob(Work):
    """One job of the workflow.

    output     the file that it is known by, below results/{run}/
    needs      outputs of the jobs that it waits for
    threads    of arithmetic, where it runs on the CPU
    benchmark  the file of its measured seconds, below results/{run}/benchmarks/; empty where there is none
    """

    output: str = field(kw_only=True)
    rule: str = field(kw_only=True)
    needs: tuple[str, ...] = field(default=(), kw_only=True)
    threads: int = field(default=1, kw_only=True)
    benchmark: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class Plan:
    """Every job that is counted, once, by output, each after those that it needs; and the studies that need it.

    free     how many jobs take seconds, by step: they are not counted
    unknown  how many jobs nobody has worked out, by step: they are not counted either
    """

    jobs: Mapping[str, PlannedJob]
    studies: Mapping[str, frozenset[str]]
    free: Mapping[str, int]
    unknown: Mapping[str, int]

    def of(self, study: str) -> list[PlannedJob]:
        """The jobs that a study needs, shared ones included."""
        return [job for output, job in self.jobs.items() if study in self.studies[output]]
