"""How a condition came to be, step by step, with what each step cost."""

from collections.abc import Sequence
from dataclasses import dataclass

from semantic_tokens.conditions import Condition
from semantic_tokens.names import file_stem
from semantic_tokens.report.costs import Cost, total


@dataclass(frozen=True)
class Step:
    """A step of a condition's chain: its name, its artifact as a path below the run's folder, and its cost, None where
    it was not timed, as a download is not."""

    title: str
    artifact: str
    seconds: float | None
    peak_memory_mib: float | None


def of(condition: Condition, transfer: str, costs: Sequence[Cost]) -> list[Step]:
    """The steps of a condition that was trained and scored in one way, from the backbone to the scores."""
    chain = [("Backbone", f"backbones/{condition.backbone}", ("pretrain_backbone",), condition.backbone)]
    where = f"conditions/{condition.backbone}/d{condition.dim}"
    chain.append(("Embeddings", f"{where}/none", ("extract_embeddings",), f"{condition.backbone}/d{condition.dim}"))
    if condition.alignment != "none":
        chain.append(("Alignment", f"conditions/{condition.aligned}", ("align",), condition.aligned))
    if condition.grouping.method != "full":
        chain.append(("Grouping", f"conditions/{condition.grouped}", ("group",), condition.grouped))
    if condition.pretraining == "mlm":
        rules = ("continue_pretraining",)
        chain.append(("Continual pretraining", f"conditions/{condition}", rules, condition.grouped))
    steps = [_step(title, artifact, [c for c in costs if c.rule in rules and c.job == file_stem(about)])
             for title, artifact, rules, about in chain]  # fmt: skip
    return [
        *steps,
        _step("Fine-tuning and scores", f"conditions/{condition}/scores", _scoring(condition, transfer, costs)),
    ]


TITLES = ("Alignment", "Grouping", "Continual pretraining", "Fine-tuning and scores")  # steps that differ by condition


def by_title(condition: Condition, transfer: str, costs: Sequence[Cost]) -> list[Step | None]:
    """The steps of TITLES; None for one that the condition does not take."""
    steps = {step.title: step for step in of(condition, transfer, costs)}
    return [steps.get(title) for title in TITLES]


def _scoring(condition: Condition, transfer: str, costs: Sequence[Cost]) -> list[Cost]:
    """The jobs that fine-tune and score, whatever their rules: they are about the condition and its units."""
    return [c for c in costs if c.job.startswith(f"{file_stem(str(condition))}/") and f"@{transfer}#" in c.job]


def _step(title: str, artifact: str, jobs: Sequence[Cost]) -> Step:
    if not jobs:
        return Step(title, artifact, None, None)
    cost = total(jobs)
    return Step(title, artifact, cost["seconds"], cost["peak_memory_mib"])
