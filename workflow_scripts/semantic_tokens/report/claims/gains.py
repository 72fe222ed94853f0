"""Kinds of claims about how much more one condition retains than another: see `predicates`."""

from collections.abc import Iterator

from semantic_tokens.report.claims.arithmetic import (
    Comparison,
    Share,
    at_least,
    below,
    effect,
    gain,
    mean_of_shares,
    retained,
    retained_text,
    task_name,
)
from semantic_tokens.report.claims.scores import Scores
from semantic_tokens.report.claims.terms import Claim, pairs


def mean_gain(claim: Claim, scores: Scores) -> Iterator[Comparison | None]:
    """In the mean over the tasks, each `of` retains more above chance than its `than`, by `smallest` or more."""
    for of, than in pairs(claim.of, claim.than):
        gains = {task: gain(scores, of, than, task, claim.transfer, above_chance=True) for task in claim.tasks}
        found = mean_of_shares(list(gains.values()))
        yield found and effect(_gain_text(gains, found), found, claim.smallest)


def mean_gain_nowhere_lower(claim: Claim, scores: Scores) -> Iterator[Comparison | None]:
    """The same, and on no task does an `of` retain less than its `than` by more than `threshold` of the oracle's
    score."""
    yield from mean_gain(claim, scores)
    for of, than in pairs(claim.of, claim.than):
        for task in claim.tasks:
            found = gain(scores, of, than, task, claim.transfer, above_chance=False)
            text = f"{task_name(task)}: {scores.name(of)} less {scores.name(than)}"
            yield found and at_least(f"{text}, {_points(found[0])} of all", found, -claim.threshold)


def collapses(claim: Claim, scores: Scores) -> Iterator[Comparison | None]:
    """Each `of` retains less than its `than` on every task, by `smallest` or more, and under `threshold` in the mean
    over the tasks."""
    for of, than in pairs(claim.of, claim.than):
        for task in claim.tasks:
            found = gain(scores, than, of, task, claim.transfer, above_chance=False)
            kept = [f"{scores.name(side)} {retained_text(scores, side, task, claim.transfer)}" for side in (of, than)]
            yield found and effect(f"{task_name(task)}: {', '.join(kept)}", found, claim.smallest)
        mean = mean_of_shares([retained(scores, of, task, claim.transfer) for task in claim.tasks])
        yield mean and below(f"mean of {scores.name(of)} {mean[0]:.1%}", mean, claim.threshold)


def _gain_text(gains: dict[str, Share | None], mean: Share) -> str:
    each = ", ".join(f"{task_name(task)} {_points(found[0])}" for task, found in gains.items() if found)
    spread = "one seed: no spread" if mean[1] is None else f"standard error {100 * mean[1]:.1f}"
    higher = sum(found[0] > 0 for found in gains.values() if found)
    return f"mean {_points(mean[0])} points ({spread}); higher on {higher} of {len(gains)} tasks: {each}"


def _points(share: float) -> str:
    return f"{100 * share:+.1f}".replace("-", "−")
