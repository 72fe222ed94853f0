"""The kinds of claims: each takes a claim and scores, and yields one comparison for every number the claim speaks of.

A comparison that lacks a score is None. What the comparisons amount to is decided elsewhere (`verdicts.decide`), in the
same way for all kinds. A kind that speaks of an effect takes the smallest one that its words demand from the claim
(`smallest`), so that it holds on no table without effect. One that speaks of what is kept (`of_what_is_kept`) would
hold on such a table, and counts only on tasks where something loses (`verdicts.can_lose`).
"""

from collections.abc import Iterator
from itertools import combinations
from statistics import correlation

from semantic_tokens.report.claims.arithmetic import (
    Comparison,
    at_least,
    below,
    effect,
    mean,
    minus,
    number,
    ratio,
    retained,
    retained_text,
    share,
    task_name,
    within,
)
from semantic_tokens.report.claims.scores import Scores
from semantic_tokens.report.claims.terms import (
    Claim,
    each_difference,
    each_kept,
    each_ratio,
    each_score,
    pairs,
    quadruples,
    task_pairs,
    two_gains,
)

Comparisons = Iterator[Comparison | None]


def retained_at_least(claim: Claim, scores: Scores) -> Comparisons:
    """Score / oracle's score is `threshold` or more, for every condition `of` and task."""
    for text, kept in each_kept(claim, scores):
        yield kept and at_least(text, kept, claim.threshold)


def retained_below(claim: Claim, scores: Scores) -> Comparisons:
    """Score / oracle's score is less than `threshold`."""
    for text, kept in each_kept(claim, scores):
        yield kept and below(text, kept, claim.threshold)


def higher(claim: Claim, scores: Scores) -> Comparisons:
    """The score of each `of` is above that of its `than` by `smallest` or more."""
    for text, difference in each_difference(claim, scores):
        yield difference and effect(text, difference, claim.smallest)


def higher_share(claim: Claim, scores: Scores) -> Comparisons:
    """Each `of` is larger than its `than` by `smallest` of it or more."""
    for text, found in each_ratio(claim, scores):
        yield found and effect(text, (found[0] - 1, found[1]), claim.smallest)


def not_lower(claim: Claim, scores: Scores) -> Comparisons:
    """The score of each `of` is above that of its `than`, or below by `threshold` at most."""
    for text, difference in each_difference(claim, scores):
        yield difference and at_least(text, difference, -claim.threshold)


def similar(claim: Claim, scores: Scores) -> Comparisons:
    """The scores of each `of` and its `than` differ by `threshold` at most."""
    for text, difference in each_difference(claim, scores):
        yield difference and within(text, difference, claim.threshold)


def mean_higher(claim: Claim, scores: Scores) -> Comparisons:
    """The mean over the tasks of each `of` is above that of its `than` by `smallest` or more; all must be measured."""
    for of, than in pairs(claim.of, claim.than):
        sides = [[scores.get(side, task, claim.transfer) for task in claim.tasks] for side in (of, than)]
        known = [[value for value in side if value] for side in sides]
        if known != sides:
            yield None
            continue
        one, other = mean(known[0]), mean(known[1])
        text = f"mean of {len(claim.tasks)} tasks: {scores.name(of)} {one[0]:.3f}, {scores.name(than)} {other[0]:.3f}"
        yield effect(text, minus(one, other), claim.smallest)


def near(claim: Claim, scores: Scores) -> Comparisons:
    """The score of each `of` is `value`, give or take `threshold`."""
    for condition, task in each_score(claim):
        found = scores.get(condition, task, claim.transfer)
        text = f"{task_name(task)}, {scores.name(condition)}: {number(found)}, stated {claim.value:g}"
        yield within(text, (found.score - claim.value, found.error), claim.threshold) if found else None


def ratio_near(claim: Claim, scores: Scores) -> Comparisons:
    """Of each condition, the score on `tasks` / that on `other_tasks` is `value`, give or take `threshold`."""
    for condition, task, other in task_pairs(claim):
        one, reference = (scores.get(condition, name, claim.transfer) for name in (task, other))
        found = ratio(one, reference)
        text = f"{scores.name(condition)}: {number(one)} / {number(reference)}"
        text += f" = {found[0]:.3f}, stated {claim.value:g}" if found else ""
        yield found and within(text, (found[0] - claim.value, found[1]), claim.threshold)


def gain_larger(claim: Claim, scores: Scores) -> Comparisons:
    """`of` is above `than` by `smallest` more than `of_other` is above `than_other`, or still more."""
    for names, task in quadruples(claim):
        values = [scores.get(name, task, claim.transfer) for name in names]
        text, one, other = two_gains(scores, names, task, [share(value) if value else None for value in values], "gain")
        yield one and other and effect(text, minus(one, other), claim.smallest)


def loss_similar(claim: Claim, scores: Scores) -> Comparisons:
    """What `of` retains above `than` and what `of_other` retains above `than_other` differ by `threshold` at most."""
    for names, task in quadruples(claim):
        shares = [retained(scores, name, task, claim.transfer) for name in names]
        text, one, other = two_gains(scores, names, task, shares, "loss")
        yield one and other and within(text, minus(one, other), claim.threshold)


def share_larger(claim: Claim, scores: Scores) -> Comparisons:
    """The score of `of` is a larger share of that of `than` than `of_other` is of `than_other`, by `smallest` or more:
    its drop is smaller."""
    for names, task in quadruples(claim):
        values = [scores.get(name, task, claim.transfer) for name in names]
        one, other = ratio(values[0], values[1]), ratio(values[2], values[3])
        if one is None or other is None:
            yield None
            continue
        text = f"{task_name(task)}: {scores.name(names[0])} {one[0]:.1%}, {scores.name(names[2])} {other[0]:.1%}"
        yield effect(text, minus(one, other), claim.smallest)


def similar_share(claim: Claim, scores: Scores) -> Comparisons:
    """Each `of` / its `than` differs from 1 by `threshold` at most."""
    for text, found in each_ratio(claim, scores):
        yield found and within(text, (found[0] - 1, found[1]), claim.threshold)


def loses_times(claim: Claim, scores: Scores) -> Comparisons:
    """Each `of` loses more of the oracle's score than `threshold` times what its `than` loses, by `smallest` of it or
    more."""
    for of, than in pairs(claim.of, claim.than):
        for task in claim.tasks:
            one, other = (retained(scores, side, task, claim.transfer) for side in (of, than))
            if one is None or other is None:
                yield None
                continue
            kept = [f"{scores.name(side)} {retained_text(scores, side, task, claim.transfer)}" for side in (of, than)]
            times = claim.threshold * max(0.0, 1 - other[0]), other[1] and claim.threshold * other[1]
            yield effect(f"{task_name(task)}: {', '.join(kept)}", minus((1 - one[0], one[1]), times), claim.smallest)


def tasks_retain_less(claim: Claim, scores: Scores) -> Comparisons:
    """Of each condition, every task of `tasks` retains less than every one of `other_tasks`, by `smallest` or more."""
    for condition, *names in task_pairs(claim):
        one, other = (retained(scores, condition, name, claim.transfer) for name in names)
        kept = [f"{task_name(name)} {retained_text(scores, condition, name, claim.transfer)}" for name in names]
        text = f"{scores.name(condition)}: {', '.join(kept)}"
        yield one and other and effect(text, minus(other, one), claim.smallest)


def tasks_lower(claim: Claim, scores: Scores) -> Comparisons:
    """Of each condition, the score on every task of `tasks` is lower than on every one of `other_tasks`, by `smallest`
    or more."""
    for condition, *names in task_pairs(claim):
        one, other = (scores.get(condition, name, claim.transfer) for name in names)
        found = [f"{task_name(name)} {number(value)}" for name, value in zip(names, (one, other))]
        text = f"{scores.name(condition)}: {', '.join(found)}"
        yield effect(text, minus(share(other), share(one)), claim.smallest) if one and other else None


def distinct(claim: Claim, scores: Scores) -> Comparisons:
    """No two of the conditions have the same score on all tasks, but differ by `smallest` on one at least: others were
    copied, not measured."""
    for one, other in combinations(claim.of, 2):
        sides = [(scores.get(one, t, claim.transfer), scores.get(other, t, claim.transfer)) for t in claim.tasks]
        gaps = [minus(share(a), share(b)) for a, b in sides if a and b]
        if len(gaps) < len(sides):
            yield None
            continue
        largest = max(gaps, key=lambda gap: abs(gap[0]))
        text = f"{scores.name(one)} and {scores.name(other)}: largest difference {abs(largest[0]):.3f}"
        yield effect(text, (abs(largest[0]), largest[1]), claim.smallest)


def linear_in_ratio(claim: Claim, scores: Scores) -> Comparisons:
    """Pearson's correlation of score and grouping ratio over all conditions `of` is `threshold` or more, of scores that
    rise from least to most by `smallest` of the most or more."""
    ratios = [1.0 if "/full/" in name else int(name.split("/")[3].rpartition("-r")[2]) / 100 for name in claim.of]
    for task in claim.tasks:
        found = [scores.get(name, task, claim.transfer) for name in claim.of]
        known = [value for value in found if value]
        if len(known) < len(found) or max(value.score for value in known) <= 0:
            yield None
            continue
        least, most = (choose(known, key=lambda value: value.score) for choose in (min, max))
        rise = minus((1.0, 0.0), ratio(least, most) or (1.0, 0.0))
        exact = all(value.error == 0 for value in known)
        text = f"{task_name(task)}, least to most: {rise[0]:+.1%}"
        if rise[0] < claim.smallest:
            yield effect(text, rise, claim.smallest)
            continue
        r = correlation(ratios, [value.score for value in known])
        text = f"{text}; r = {r:.4f} over {len(known)} ratios"
        yield at_least(text, (r, 0.0 if exact else None), claim.threshold)
