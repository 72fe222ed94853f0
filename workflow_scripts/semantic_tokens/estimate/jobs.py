"""What a job has to do, and the plan of all jobs: which needs which, and for which studies."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from semantic_tokens.fine_tuning.memory import Update
from semantic_tokens.fine_tuning.plan import Asked

# Arithmetic, in FLOP, on a GPU where there is one; then work of the processor, in bytes, but for `searching`: pairs of
# a query and a passage.
Arithmetic = Literal["training", "kmeans", "alignment"]
Kind = Arithmetic | Literal["download", "generating", "reading", "tokenising", "weights", "searching"]
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
    host        bytes that the job asks for on a processor
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


@dataclass(frozen=True)
class Job:
    """One job of the workflow.

    output     the file that it is known by, below results/{run}/
    work       in the unit of its kind
    leaves     bytes that stay on disk
    threads    of arithmetic, where it runs on the processor
    like       jobs of the same kind and `like` run at the same speed
    trainings  of what the work of a job of kind "training" consists
    benchmark  the file of its measured seconds, below results/{run}/benchmarks/; empty where there is none
    """

    output: str
    rule: str
    stage: str
    needs: tuple[str, ...]
    kind: Kind
    work: float
    known: Known
    leaves: float = 0
    threads: int = 1
    like: str = ""
    benchmark: str = ""
    trainings: tuple[Training, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Every job once, by output, each after those that it needs; and the studies that want it."""

    jobs: dict[str, Job]
    studies: dict[str, frozenset[str]]

    def of(self, study: str) -> list[Job]:
        """The jobs that a study needs, shared ones included."""
        return [job for output, job in self.jobs.items() if study in self.studies[output]]


def plan(jobs: dict[str, Job], wanted: Iterable[tuple[str, Iterable[str]]]) -> Plan:
    """The jobs that the wanted outputs need; `wanted` gives outputs with the studies that want them."""
    studies: dict[str, set[str]] = defaultdict(set)
    for output, names in wanted:
        for needed in _lineage(jobs, output):
            studies[needed].update(names)
    kept = {output: job for output, job in jobs.items() if output in studies}
    return Plan(kept, {output: frozenset(names) for output, names in studies.items()})


def _lineage(jobs: dict[str, Job], output: str) -> Iterator[str]:
    """The output and all that it needs, each once."""
    seen, waiting = {output}, [output]
    while waiting:
        current = waiting.pop()
        yield current
        new = [needed for needed in jobs[current].needs if needed not in seen]
        seen.update(new)
        waiting += new
