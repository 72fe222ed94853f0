"""Scores of a run as claims see them: languages, chance, and how much of a margin is noise."""

import pytest

from semantic_tokens.report.claims.ledger import judge
from semantic_tokens.report.claims.scores import Scores, Value, of_run
from semantic_tokens.report.claims.verdicts import FAILS, HOLDS, NOTHING_LOSES, ONE_SEED, WITHIN_NOISE
from support.toy_claims import ORACLE, A, B, C, claim, score_table, scores


def test_retained_is_shown_plain_and_above_chance():
    run = Scores(of_run(score_table({(ORACLE, "nli"): 0.8, (A, "nli"): 0.5}, seeds=(0.0, 0.0))))
    found = judge(claim("retained_at_least", of=A, threshold=0.6), run)
    assert found.decided_by == (f"NLI, {A}: 62.5% (above chance 50.0%)",)
    printed = judge(claim("retained_at_least", of=A, threshold=0.6), scores({ORACLE: 0.8, A: 0.5}))
    assert printed.decided_by == (f"NLI, {A}: 62.5%",), "the paper gives no chance"


def test_a_language_of_a_task_can_be_asked_for():
    run = of_run(score_table({(A, "nli"): 0.5}, transfer="zero-shot"))
    assert run[A, "nli:en", "zero-shot"].score == pytest.approx(0.45)
    assert run[A, "nli", "zero-shot"].score == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("better", "expected"),
    [(0.517, WITHIN_NOISE), (0.518, HOLDS), (0.485, WITHIN_NOISE), (0.484, FAILS)],
)
def test_a_margin_within_two_standard_errors_of_the_seeds_is_undecided(better, expected):
    # Seeds score 0, .01 and .02 more: a standard error of .01 / sqrt(3) each, of their difference .0082, twice .0163.
    run = Scores(of_run(score_table({(A, "nli"): better, (B, "nli"): 0.5}, seeds=(0.0, 0.01, 0.02))))
    found = judge(claim("higher", of=A, than=B), run)
    assert (found.verdict, found.seeds) == (expected, 3)
    assert found.margin == pytest.approx(better - 0.5 - 0.001), "less the smallest effect"
    assert found.error == pytest.approx(0.01 * (2 / 3) ** 0.5)
    assert ("noise could reverse" in found.why) == (expected == WITHIN_NOISE)


@pytest.mark.parametrize("better", [0.6, 0.4])
def test_with_one_seed_nothing_is_decided(better):
    found = judge(claim("higher", of=A, than=B), Scores(of_run(score_table({(A, "nli"): better, (B, "nli"): 0.5}))))
    assert (found.verdict, found.seeds, found.error) == (ONE_SEED, 1, None)
    assert found.why == "one seed has no spread to compare with" and found.decided_by


def test_a_number_that_is_counted_is_decided_as_it_is():
    counted = {name: Value(millions, None, 0.0) for name, millions in ((A, 104.0), (B, 95.0))}
    assert judge(claim("higher", of=A, than=B), scores(counted)).verdict == HOLDS


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (0.495, 0.495, WITHIN_NOISE),
        (0.495, 0.3, FAILS),  # one of them fails beyond noise
        (0.505, 0.7, WITHIN_NOISE),  # one of them holds by noise
        (0.6, 0.7, HOLDS),
    ],
)
def test_against_a_claim_one_clear_failure_is_enough_and_for_it_all_must_be_clear(one, other, expected):
    values = {name: Value(score, 3, 0.01) for name, score in ((A, one), (B, other), (C, 0.5))}
    assert judge(claim("higher", of=[A, B], than=C), scores(values)).verdict == expected


def test_what_is_kept_counts_only_where_something_else_loses():
    """Where every condition scores the same, a task cannot tell what was kept from what was never there."""
    keeps = claim("retained_at_least", of=A, threshold=0.9)
    everywhere = dict.fromkeys((ORACLE, A, B), Value(0.5, 3, 0.01))
    found = judge(keeps, scores(everywhere, loser=False))
    assert (found.verdict, found.why) == (
        NOTHING_LOSES, "no condition of this run loses on NLI, so keeping cannot be told from losing"
    )  # fmt: skip
    assert judge(keeps, scores(everywhere | {B: Value(0.48, 3, 0.01)}, loser=False)).verdict == NOTHING_LOSES, "noise"
    assert judge(keeps, scores(everywhere | {B: Value(0.40, 3, 0.01)}, loser=False)).verdict == HOLDS
    other_backbone = "xlmr-base/d768/none/full/none"
    assert judge(keeps, scores(everywhere | {other_backbone: 0.1}, loser=False)).verdict == NOTHING_LOSES


def test_the_error_of_a_share_is_that_of_both_and_the_fewest_seeds_count():
    values = {ORACLE: Value(0.8, 5, 0.02), A: Value(0.4, 3, 0.01), B: Value(0.4, 2, 0.01)}
    found = judge(claim("retained_at_least", of=[A, B], threshold=0.4), scores(values))
    assert (found.margin, found.seeds) == (pytest.approx(0.1), 2)
    assert found.error == pytest.approx((0.01**2 + (0.5 * 0.02) ** 2) ** 0.5 / 0.8)
    itself = judge(claim("retained_at_least", of=ORACLE, threshold=0.9), scores(values))
    assert (itself.margin, itself.error) == (pytest.approx(0.1), 0.0), "the oracle retains all of itself without error"


def test_the_error_of_a_mean_of_tasks_and_of_a_language():
    tasks = {"ner": Value(0.5, 3, 0.03), "qa": Value(0.7, 3, 0.04)}
    found = judge(
        claim("mean_higher", tasks=["ner", "qa"], of=A, than=B),
        scores({A: tasks, B: {"ner": Value(0.4), "qa": Value(0.5)}}),
    )
    assert (found.margin, found.error) == (pytest.approx(0.15 - 0.001), None), "the other has one seed"
    found = judge(claim("mean_higher", tasks=["ner", "qa"], of=A, than=B), scores({A: tasks, B: tasks}))
    assert found.error == pytest.approx(0.025 * 2**0.5)
    run = of_run(score_table({(A, "nli"): 0.5}, seeds=(0.0, 0.01, 0.02)))
    assert run[A, "nli:zh", "in-language"] == Value(
        pytest.approx(0.56), 3, pytest.approx(0.01 / 3**0.5), pytest.approx(0.2)
    )
