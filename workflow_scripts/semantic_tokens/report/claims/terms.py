"""What claims name, and how comparisons go through it: conditions side by side, task by task, numbers in words."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from semantic_tokens.report.claims.arithmetic import (
    Share,
    minus,
    number,
    ratio,
    retained,
    retained_text,
    share,
    task_name,
)
from semantic_tokens.report.claims.scores import Scores


class Claim(Protocol):
    """What a kind reads of a claim: its name, those of tasks and conditions, and numbers. Conditions that are compared
    come in lists of equal length, or one for all of the others."""

    @property
    def kind(self) -> str: ...
    @property
    def tasks(self) -> Sequence[str]: ...
    @property
    def other_tasks(self) -> Sequence[str]: ...
    @property
    def transfer(self) -> str: ...
    @property
    def of(self) -> Sequence[str]: ...
    @property
    def than(self) -> Sequence[str]: ...
    @property
    def of_other(self) -> Sequence[str]: ...
    @property
    def than_other(self) -> Sequence[str]: ...
    @property
    def threshold(self) -> float: ...
    @property
    def smallest(self) -> float: ...
    @property
    def value(self) -> float: ...


def pairs(one: Sequence[str], other: Sequence[str]) -> list[tuple[str, str]]:
    """The two side by side; a single one is repeated. ValueError where the lengths do not fit."""
    longest = max(len(one), len(other))
    return list(zip(*([*side] * (longest if len(side) == 1 else 1) for side in (one, other)), strict=True))


def quadruples(claim: Claim) -> list[tuple[tuple[str, ...], str]]:
    first, second = pairs(claim.of, claim.than), pairs(claim.of_other, claim.than_other)
    longest = max(len(first), len(second))
    first, second = (side * (longest if len(side) == 1 else 1) for side in (first, second))
    return [((*one, *other), task) for one, other in zip(first, second, strict=True) for task in claim.tasks]


def each_score(claim: Claim) -> list[tuple[str, str]]:
    return [(condition, task) for condition in claim.of for task in claim.tasks]


def task_pairs(claim: Claim) -> list[tuple[str, str, str]]:
    return [(condition, task, other) for condition in claim.of for task in claim.tasks for other in claim.other_tasks]


def each_kept(claim: Claim, scores: Scores) -> Iterator[tuple[str, Share | None]]:
    for condition, task in each_score(claim):
        kept = retained_text(scores, condition, task, claim.transfer)
        text = f"{task_name(task)}, {scores.name(condition)}: {kept}"
        yield text, retained(scores, condition, task, claim.transfer)


def each_difference(claim: Claim, scores: Scores) -> Iterator[tuple[str, Share | None]]:
    for of, than in pairs(claim.of, claim.than):
        for task in claim.tasks:
            one, other = (scores.get(side, task, claim.transfer) for side in (of, than))
            text = f"{task_name(task)}: {scores.name(of)} {number(one)}, {scores.name(than)} {number(other)}"
            yield text, minus(share(one), share(other)) if one and other else None


def each_ratio(claim: Claim, scores: Scores) -> Iterator[tuple[str, Share | None]]:
    for of, than in pairs(claim.of, claim.than):
        for task in claim.tasks:
            one, other = (scores.get(side, task, claim.transfer) for side in (of, than))
            text = f"{task_name(task)}: {scores.name(of)} {number(one)}, {scores.name(than)} {number(other)}"
            yield text, ratio(one, other)


def two_gains(
    scores: Scores, names: Sequence[str], task: str, shares: Sequence[Share | None], what: str
) -> tuple[str, Share | None, Share | None]:
    one, other = (a and b and minus(a, b) for a, b in (shares[:2], shares[2:]))
    sides = [f"{scores.name(a)} to {scores.name(b)}" for a, b in (names[:2], names[2:])]
    against = [f"{side} {gain[0]:+.3f}" for side, gain in zip(sides, (one, other)) if gain]
    return f"{task_name(task)}, {what}: {', '.join(against)}", one, other
