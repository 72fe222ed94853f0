"""The paper's findings, looked for in one run: each a predicate over Table 5, decided by numbers that are shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean

from semantic_tokens.report import CLASSIFICATION, TASK_NAMES, TASK_ORDER
from semantic_tokens.report.claims.arithmetic import Comparison, Share, at_least, below, effect, minus
from semantic_tokens.report.claims.verdicts import FAILS, HOLDS, WITHIN_NOISE, decide
from semantic_tokens.report.findings_run import Row, Run
from semantic_tokens.report.table5 import Cell

SHOWS, DOES_NOT_SHOW = "shows", "does not show"
_WORDS = {HOLDS: SHOWS, FAILS: DOES_NOT_SHOW}  # other verdicts have the same name here
# What the paper's words demand, as a share of the full vocabulary's score: "> 90%"; "drastically", by more than K-Means
# and to under 70%, the paper's red ground; "more sensitive" and "higher" to be seen at all; "similar" within that.
RETAINS, COLLAPSES, DRASTICALLY, SEEN, SIMILAR = 0.90, 0.70, 0.05, 0.01, 0.01


@dataclass(frozen=True)
class Finding:
    """One finding: what the paper says and where, what decides it here, the verdict, and why it is not `shows`."""

    key: str
    claim: str
    place: str
    predicate: str
    numbers: tuple[str, ...]
    verdict: str
    why: str


@dataclass(frozen=True)
class Judgement:
    """Numbers in words, and the comparisons that decide (None: a score is missing, or the oracle's is no yardstick);
    `flat`: tasks that the finding needs to be able to lose, and that do not."""

    numbers: list[str]
    comparisons: list[Comparison | None]
    flat: tuple[str, ...] = ()


def judge(cells: Sequence[Cell], backbone: str, transfer: str = "in-language") -> list[Finding]:
    """Look for every finding in the scores of one backbone, by the rule of `verdicts.decide`."""
    run = Run(cells, backbone, transfer)
    seeds = min((cell.seeds for cell in cells if cell.condition.backbone == backbone), default=None)
    return [_judged(run, seeds, *finding) for finding in _FINDINGS]


def _judged(
    run: Run, seeds: int | None, key: str, claim: str, place: str, predicate: str, test: Callable[[Run], Judgement]
) -> Finding:
    found = test(run)
    decision = decide(found.comparisons, seeds, found.flat)
    listed = decision.deciding if decision.verdict in (FAILS, WITHIN_NOISE) else ()
    why = decision.why + (f": {'; '.join(c.text for c in listed)}" if listed else "")
    return Finding(
        key, claim, place, predicate, tuple(found.numbers), _WORDS.get(decision.verdict, decision.verdict), why
    )


def _kmeans_retains(run: Run) -> Judgement:
    kept = {task: run.retained(run.row("kmeans-cosine").get(task)) for task in CLASSIFICATION}
    comparisons = [share and at_least(_kept(task, share), share, RETAINS) for task, share in kept.items()]
    return Judgement(_listed(run, CLASSIFICATION), comparisons, run.flat(CLASSIFICATION))


def _first_k_collapses(run: Run) -> Judgement:
    first, kmeans = run.row("first"), run.row("kmeans-cosine")
    kept = {task: run.retained(first.get(task)) for task in TASK_ORDER}
    numbers: list[str] = []
    comparisons: list[Comparison | None] = []
    for task, one in kept.items():
        text = f"{TASK_NAMES[task]} {_percent(one)}, K-Means {_percent(run.retained(kmeans.get(task)))}"
        gap = run.gain(kmeans.get(task), first.get(task), chance=False)
        numbers += [text] if gap else []
        comparisons.append(gap and effect(text, gap, DRASTICALLY))
    mean = _mean(list(kept.values()))
    text = f"mean of First-k {_percent(mean)}"
    return Judgement([*numbers, *([text] if mean else [])], [*comparisons, mean and below(text, mean, COLLAPSES)])


def _retrieval_is_sensitive(run: Run) -> Judgement:
    kept = {task: run.retained(run.row("kmeans-cosine").get(task)) for task in TASK_ORDER}
    retrieval = kept["retrieval"]
    comparisons = []
    for task in CLASSIFICATION:
        other = kept[task]
        text = f"retrieval {_percent(retrieval)}, {_kept(task, other)}"
        comparisons.append(effect(text, minus(other, retrieval), SEEN) if other and retrieval else None)
    return Judgement(_listed(run, TASK_ORDER), comparisons)


def _pretraining_helps(run: Run) -> Judgement:
    return _gain(run, run.row("kmeans-cosine"), run.row("kmeans-cosine", pretraining="none"))


def _alignment_helps(run: Run) -> Judgement:
    alignments = run.alignments()
    if not alignments:
        return Judgement([], [None])
    aligned, plain = run.row("kmeans-cosine", alignment=alignments[0]), run.row("kmeans-cosine")
    found = _gain(run, aligned, plain)
    for task in TASK_ORDER:
        gain = run.gain(aligned.get(task), plain.get(task), chance=False)
        found.comparisons.append(gain and at_least(f"{TASK_NAMES[task]} {_points(gain[0])} of all", gain, -SIMILAR))
    return Judgement([f"alignment: {alignments[0]}", *found.numbers], found.comparisons)


def _kmeans_beats_random(run: Run) -> Judgement:
    return _gain(run, run.row("kmeans-cosine"), run.row("random-stratified"))


def _gain(run: Run, better: Row, worse: Row) -> Judgement:
    """Is the mean gain over the five tasks one that can be seen?"""
    gains = {task: run.gain(better.get(task), worse.get(task), chance=True) for task in TASK_ORDER}
    known = {task: gain for task, gain in gains.items() if gain}
    numbers = [f"{TASK_NAMES[task]} {_points(gain[0])}" for task, gain in known.items()]
    mean = _mean(list(gains.values()))
    if mean is None:
        return Judgement(numbers, [None])
    spread = "one seed: no spread" if mean[1] is None else f"standard error {100 * mean[1]:.1f}"
    higher = sum(gain[0] > 0 for gain in known.values())
    text = f"mean {_points(mean[0])} points ({spread}); higher on {higher} of {len(known)} tasks"
    return Judgement([*numbers, text], [effect(text, mean, SEEN)])


def _mean(shares: Sequence[Share | None]) -> Share | None:
    """The mean over tasks, whose scores are independent; None if one is missing."""
    known = [share for share in shares if share]
    if len(known) < len(shares):
        return None
    errors = [error for _, error in known if error is not None]
    error = sqrt(sum(e * e for e in errors)) / len(known) if len(errors) == len(known) else None
    return fmean(value for value, _ in known), error


def _listed(run: Run, tasks: Sequence[str]) -> list[str]:
    row = run.row("kmeans-cosine")
    kept = {task: run.retained(row.get(task)) for task in tasks}
    above = {task: row[task].retained_above_chance for task in row}
    return [
        f"{_kept(task, share)} (above chance {_percent((above[task], None)) if above[task] is not None else '–'})"
        for task, share in kept.items()
        if share
    ]


def _kept(task: str, share: Share | None) -> str:
    return f"{TASK_NAMES[task]} {_percent(share)}"


def _percent(share: Share | tuple[float | None, None] | None) -> str:
    """As percent, ± the standard error if there is one."""
    if share is None or share[0] is None:
        return "–"
    return f"{100 * share[0]:.1f}%" + (f" ± {100 * share[1]:.1f}" if share[1] else "")


def _points(share: float) -> str:
    return f"{100 * share:+.1f}".replace("-", "−")


_GAIN = f"the mean gain over the five tasks, in what is retained above chance, is at least {100 * SEEN:.0f} point"
_FINDINGS: tuple[tuple[str, str, str, str, Callable[[Run], Judgement]], ...] = (
    (
        "kmeans-retains",
        "“After applying continual pretraining […], the same level of effectiveness (> 90%) can be preserved with only "
        "5% of the original vocabulary size”, in classification tasks",
        "section 4.1, Figure 3",
        f"K-Means with pretraining retains at least {RETAINS:.0%} on each of NER, QA, NLI and reranking, where another "
        "condition loses",
        _kmeans_retains,
    ),
    (
        "first-k-collapses",
        "First-k: “removing more subwords from the vocabulary deteriorates the effectiveness drastically on all "
        "downstream tasks”",
        "section 4.1, Comparison with First-k; Figure 3",
        f"First-k retains less than K-Means on every task, by at least {100 * DRASTICALLY:.0f} points, and below "
        f"{COLLAPSES:.0%} on average, both with pretraining",
        _first_k_collapses,
    ),
    (
        "retrieval-is-sensitive",
        "“The embedding task […] is comparatively more sensitive to the semantic grouping”",
        "section 4.1, Figure 3",
        f"K-Means with pretraining retains less on retrieval than on each classification task, by at least "
        f"{100 * SEEN:.0f} point",
        _retrieval_is_sensitive,
    ),
    (
        "pretraining-helps",
        "Grouping alone preserves over 90% with 10% of the vocabulary; after continual pretraining, 5% suffices",
        "section 4.1, Figure 3, dashed and solid lines",
        f"K-Means with pretraining against without: {_GAIN}",
        _pretraining_helps,
    ),
    (
        "clsa-helps",
        "With alignment (CLSA), “the orange lines are consistently higher than or similar to the blue ones”",
        "section 4.1, Figure 4",
        f"K-Means with pretraining, aligned against not aligned: {_GAIN}, and on no task is less retained by more than "
        f"{100 * SIMILAR:.0f} point",
        _alignment_helps,
    ),
    (
        "kmeans-beats-random",
        "A control of ours: groups by embedding keep more than random groups of one word per language",
        "not in the paper, which has no random control",
        f"K-Means against random groups, both with pretraining: {_GAIN}",
        _kmeans_beats_random,
    ),
)
