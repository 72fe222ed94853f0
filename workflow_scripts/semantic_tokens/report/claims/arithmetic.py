"""Differences and ratios of scores with their standard errors over seeds, and their text.

Errors are added as if the scores of two conditions were drawn independently.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from semantic_tokens.report import TASK_NAMES
from semantic_tokens.report.claims.scores import Scores, Value

ERRORS = 2.0  # standard errors by which a comparison must be clear
_EXACT = 1e-9  # printed numbers are decimal fractions: .53 - .52 is not to be below .01 by the last bit
Share = tuple[float, float | None]  # a number and its standard error, None where a score has one seed only


@dataclass(frozen=True)
class Comparison:
    """One comparison in words.

    slack    the margin by which it holds; below 0 it does not hold
    error    its standard error in the same unit; None for one seed, 0 for numbers that are counted or printed
    outcome  it holds, it fails, or None: `slack` is within ERRORS standard errors
    short    it fails only for the size of an effect, which has the sign that the words say
    """

    text: str
    slack: float
    error: float | None
    strict: bool = False
    short: bool = False

    @property
    def outcome(self) -> bool | None:
        if self.error is None:
            return None
        if abs(self.slack) < ERRORS * self.error:
            return None
        return self.slack > _EXACT if self.strict else self.slack >= -_EXACT


def at_least(text: str, found: Share, threshold: float) -> Comparison:
    """`found` reaches the threshold."""
    return Comparison(text, found[0] - threshold, found[1])


def below(text: str, found: Share, threshold: float) -> Comparison:
    """`found` is under the threshold."""
    return Comparison(text, threshold - found[0], found[1], strict=True)


def effect(text: str, found: Share, smallest: float) -> Comparison:
    """`found` is an effect of the size that the words demand or more: `smallest`, above 0."""
    return Comparison(text, found[0] - smallest, found[1], short=found[0] > _EXACT)


def within(text: str, found: Share, threshold: float) -> Comparison:
    """`found` is no further from 0 than the threshold."""
    return at_least(text, (-abs(found[0]), found[1]), -threshold)


def share(value: Value) -> Share:
    """A score as it is."""
    return value.score, value.error


def minus(one: Share, other: Share) -> Share:
    """one - other."""
    return one[0] - other[0], None if one[1] is None or other[1] is None else hypot(one[1], other[1])


def ratio(one: Value | None, other: Value | None) -> Share | None:
    """one / other; None where either is missing, or where the latter is not positive."""
    if one is None or other is None or other.score <= 0:
        return None
    found = one.score / other.score
    if one is other:
        return found, 0.0
    if one.error is None or other.error is None:
        return found, None
    return found, hypot(one.error, found * other.error) / other.score


def gain(scores: Scores, of: str, than: str, task: str, transfer: str, above_chance: bool) -> Share | None:
    """What `of` retains more than `than`, as a share of the oracle's score, or of what of it is above chance.

    None where one of the scores is missing, or chance where it is asked for, and where the oracle is not clear of 0, or
    of chance, by ERRORS standard errors: it is then not a yardstick.
    """
    counted = _above_chance if above_chance else share
    values = scores.get(of, task, transfer), scores.get(than, task, transfer), scores.oracle(of, transfer, task)
    one, other, oracle = (None if value is None else counted(value) for value in values)
    if one is None or other is None or oracle is None or oracle[0] <= ERRORS * (oracle[1] or 0.0):
        return None
    difference, error = minus(one, other)
    if error is None or oracle[1] is None:
        return difference / oracle[0], None
    return difference / oracle[0], hypot(error, difference / oracle[0] * oracle[1]) / oracle[0]


def _above_chance(value: Value) -> Share | None:
    return None if value.chance is None else (value.score - value.chance, value.error)


def mean_of_shares(shares: Sequence[Share | None]) -> Share | None:
    """Their mean; None if one is missing."""
    known = [share for share in shares if share]
    if not known or len(known) < len(shares):
        return None
    errors = [error for _, error in known if error is not None]
    error = hypot(*errors) / len(known) if len(errors) == len(known) else None
    return sum(value for value, _ in known) / len(known), error


def mean(values: Sequence[Value]) -> Share:
    """The mean of the scores."""
    errors = [value.error for value in values if value.error is not None]
    error = hypot(*errors) / len(values) if len(errors) == len(values) else None
    return sum(value.score for value in values) / len(values), error


def retained(scores: Scores, condition: str, task: str, transfer: str) -> Share | None:
    """Score / oracle's score; None where either is missing, or where the oracle scores nothing."""
    return ratio(scores.get(condition, task, transfer), scores.oracle(condition, transfer, task))


def retained_text(scores: Scores, condition: str, task: str, transfer: str) -> str:
    """What is retained, ± its standard error where that is known and not 0: plain as in the paper and, where chance is
    known, above chance."""
    value, oracle = scores.get(condition, task, transfer), scores.oracle(condition, transfer, task)
    plain = ratio(value, oracle)
    if value is None or oracle is None or plain is None:
        return NOT_THERE
    text = f"{plain[0]:.1%}" + (f" ± {100 * plain[1]:.1f}" if plain[1] else "")
    if value.chance is None or oracle.chance is None or oracle.score <= oracle.chance:
        return text
    over_chance = (value.score - value.chance) / (oracle.score - oracle.chance)
    return f"{text} (above chance {over_chance:.1%})"


def number(value: Value | None) -> str:
    """A score to three decimals, a larger number as it is."""
    return NOT_THERE if value is None else f"{value.score:.3f}" if abs(value.score) < 2 else f"{value.score:g}"


def task_name(task: str) -> str:
    """The task in words, `NLI in ar`; a measure as it is called."""
    name, _, lang = task.partition(":")
    return f"{TASK_NAMES.get(name, name)}{f' in {lang}' if lang else ''}"


NOT_THERE = "not measured"
