"""Tables that show nothing: without effect, noise alone, one seed, a language missing, an oracle of zero. No claim
holds, no finding shows, and each says why."""

import re
from dataclasses import replace

import numpy as np
import pytest

from semantic_tokens.errors import InputError
from semantic_tokens.report import table5
from semantic_tokens.report.claims.backbones import findings
from semantic_tokens.report.claims.ledger import judge
from semantic_tokens.report.claims.scores import Scores, Value, of_run
from semantic_tokens.report.claims.verdicts import FAILS, HOLDS, NOT_MEASURED, NOTHING_LOSES, ONE_SEED, WITHIN_NOISE
from support.toy_claims import CLAIMS, LEDGER, PAPER, score_table
from support.toy_scores import AS_THE_PAPER_SAYS, ORACLE, cells_of, every_task

OF_RUNS = [claim for claim in LEDGER if not claim.printed]
CONDITIONS = ("of", "than", "of_other", "than_other")
NOISE, CHANCE, TABLES = 0.02, 0.2, 200


def needed(claim):
    """The keys of all scores that a claim reads, and of the full vocabularies that its conditions are measured by."""
    names = {name for field in CONDITIONS for name in getattr(claim, field)}
    oracles = {"/".join([*name.split("/")[:2], "none", "full", "mlm"]) for name in names} if claim.transfer else set()
    return {(name, task, claim.transfer) for name in names | oracles for task in (*claim.tasks, *claim.other_tasks)}


KEYS = sorted(set().union(*map(needed, OF_RUNS)))


def run_of(value):
    """Scores of a run: `value` of every key that some claim reads."""
    return Scores({key: value(key) for key in KEYS})


def test_the_tables_hold_all_that_claims_read():
    for claim in OF_RUNS:
        found = judge(claim, run_of(lambda key: Value(0.5, 3, 0.01, CHANCE)))
        assert found.verdict != NOT_MEASURED and found.compared == found.needed, claim.id


@pytest.mark.parametrize("level", [CHANCE, 0.6, 1.0, 50.0])
def test_where_everything_scores_the_same_no_claim_holds(level):
    for claim in OF_RUNS:
        found = judge(claim, run_of(lambda key: Value(level, 3, 0.0, CHANCE)))
        if level == CHANCE and claim.transfer:
            assert (found.verdict, found.compared) == (NOT_MEASURED, 0), "an oracle at chance"
            assert "the oracle is not above chance on " in found.why, claim.id
        else:
            assert found.verdict in (FAILS, NOTHING_LOSES) and found.decided_by, claim.id
        assert found.why, claim.id


def noisy(rng):
    draws = rng.normal(0.6, NOISE, (len(KEYS), 3))
    means, errors = draws.mean(axis=1), draws.std(axis=1, ddof=1) / 3**0.5
    return {key: Value(float(m), 3, float(e), CHANCE) for key, m, e in zip(KEYS, means, errors)}


def test_noise_alone_makes_no_claim_hold_more_often_than_noise_may():
    """Three seeds of every score, all of one distribution. A single difference, of 4 degrees of freedom, exceeds twice
    its standard error in 5.8% of the tables; a smallest effect and further comparisons leave less."""
    held = dict.fromkeys((claim.id for claim in OF_RUNS), 0)
    for seed in range(TABLES):
        values = Scores(noisy(np.random.default_rng(seed)))
        for claim in OF_RUNS:
            found = judge(claim, values)
            held[claim.id] += found.verdict == HOLDS
            assert (found.why == "") == (found.verdict == HOLDS), claim.id
    assert max(held.values()) <= 0.058 * TABLES + 3 * (0.058 * 0.942 * TABLES) ** 0.5, held
    assert sum(held.values()) <= 0.01 * TABLES * len(held), held


def test_one_seed_decides_no_claim_whatever_it_scores():
    """The papers' own scores, as if a run had them with one seed. Parameters and bytes are counted, and need none."""
    counted = {key: value for key, value in PAPER.items() if key[1] in ("parameters_millions", "memory_gb")}
    one_seed = {key: replace(value, seeds=1, error=None) for key, value in PAPER.items()}
    verdicts = {claim.id: judge(claim, Scores(one_seed | counted)) for claim in OF_RUNS}
    of_counts = {claim.id for claim in OF_RUNS if set(claim.tasks) <= {key[1] for key in counted}}
    assert {name for name, found in verdicts.items() if found.verdict in (HOLDS, FAILS)} == of_counts
    assert len(of_counts) == 3
    for name in set(verdicts) - of_counts:
        assert verdicts[name].verdict in (ONE_SEED, NOT_MEASURED) and verdicts[name].why, name
    assert sum(found.verdict == ONE_SEED for found in verdicts.values()) > 15


def test_an_oracle_of_zero_or_of_chance_lets_no_claim_about_scores_hold():
    """Whether the others score as in the paper or all the same: a task that the oracle did not learn shows nothing."""
    effects = {key: replace(value, seeds=3, error=0.001, chance=CHANCE) for key, value in PAPER.items() if key[2]}
    for level in (0.0, CHANCE):
        for others in (effects, dict.fromkeys(effects, Value(0.6, 3, 0.001, CHANCE))):
            table = {key: replace(value, score=level) if "/full/" in key[0] else value for key, value in others.items()}
            for claim in OF_RUNS:
                if claim.transfer:
                    found = judge(claim, Scores(table))
                    assert (found.verdict, found.compared) == (NOT_MEASURED, 0) and found.why, claim.id


def test_a_language_that_is_missing_is_not_measured_or_refused():
    scores = {(name, task.partition(":")[0]): 0.5 for name, task, transfer in KEYS if transfer}
    elsewhere = {"transfer": "ms-marco", "languages": [("en", 0.0), ("ar", 0.1)]}
    run = Scores(of_run(score_table(scores, seeds=(0.0, 0.01), **elsewhere)))
    found = judge(CLAIMS["kmeans-beats-lexicons"], run)
    assert (found.verdict, found.why) == (NOT_MEASURED, "0 of 3 comparisons could be made"), "no Chinese"
    table = score_table(scores, seeds=(0.0, 0.01))
    with pytest.raises(InputError, match="only one is scored in zh"):
        of_run(table.slice(0, len(table) - 1))


@pytest.mark.parametrize("lang", ["ar", "en", "zh"])
def test_no_claim_holds_where_nothing_has_an_effect_and_a_language_is_missing_everywhere(lang):
    kept = [key for key in KEYS if lang not in re.split("[:@-]", key[1])]
    assert len(kept) < len(KEYS)
    verdicts = {claim.id: judge(claim, Scores(dict.fromkeys(kept, Value(0.6, 3, 0.0, CHANCE)))) for claim in OF_RUNS}
    assert NOT_MEASURED in {found.verdict for found in verdicts.values()}
    for name, found in verdicts.items():
        assert found.verdict in (FAILS, NOTHING_LOSES, NOT_MEASURED) and found.why, name


# ---- findings ----


def finding_verdicts(cells):
    found = findings(LEDGER, cells, "tiny")
    assert all((verdict.why == "") == (verdict.verdict == HOLDS) for _, verdict in found)
    return {claim.id: verdict.verdict for claim, verdict in found}


def test_no_finding_shows_where_everything_scores_the_same(tmp_path):
    cells = cells_of(tmp_path, dict.fromkeys(AS_THE_PAPER_SAYS, every_task(0.6)), seeds=(0, 1, 2))
    assert set(finding_verdicts(cells).values()) <= {FAILS, NOTHING_LOSES, WITHIN_NOISE}


def test_no_finding_shows_with_an_oracle_of_zero():
    scores = {(name, task): value for name, by_task in AS_THE_PAPER_SAYS.items() for task, value in by_task.items()}
    scores |= dict.fromkeys((key for key in scores if key[0] == ORACLE), 0.0)
    flat = {"seeds": (0.0, 0.0, 0.0), "languages": [("en", 0.0), ("zh", 0.0)]}
    assert set(finding_verdicts(table5.build(score_table(scores, **flat))).values()) == {NOT_MEASURED}


def test_noise_alone_shows_no_finding_more_often_than_noise_may():
    rng, tables = np.random.default_rng(0), 300
    shown = dict.fromkeys((claim.id for claim in LEDGER if claim.finding), 0)
    same = {(name, task): 0.6 for name, by_task in AS_THE_PAPER_SAYS.items() for task in by_task}
    template = table5.build(score_table(same, seeds=(0.0, 0.01, 0.02)))
    for _ in range(tables):
        cells = []
        for cell in template:
            draws = rng.normal(0.6, NOISE, 3)
            cells.append(replace(cell, score=float(draws.mean()), std=float(draws.std(ddof=1))))
        for key, verdict in finding_verdicts(cells).items():
            shown[key] += verdict == HOLDS
    assert max(shown.values()) <= 0.025 * tables + 3 * (0.025 * 0.975 * tables) ** 0.5, shown
