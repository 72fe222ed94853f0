"""The ledger: the contradictions from the papers' own numbers, what stands for what, nothing green for free."""

import re
from dataclasses import replace

import pytest

from semantic_tokens.conditions import Condition
from semantic_tokens.errors import InputError
from semantic_tokens.report.claims import ledger
from semantic_tokens.report.claims.kinds import KINDS
from semantic_tokens.report.claims.ledger import CONTRADICTS, FALLS_SHORT, OF_THE_PRINT, judge, judge_print
from semantic_tokens.report.claims.scores import Roles, Scores, of_run
from semantic_tokens.report.claims.verdicts import FAILS, HOLDS, NOT_MEASURED
from support.toy_claims import CLAIMS, CONTRADICTED, LEDGER, PAPER, A, B, score_table, verdict


@pytest.mark.parametrize("name", list(CLAIMS))
def test_nothing_compared_is_never_green(name):
    found = judge(CLAIMS[name], Scores({}))
    assert (found.verdict, found.compared) == (NOT_MEASURED, 0)
    assert found.needed > 0 and found.decided_by == ()


def test_a_kind_that_compares_nothing_is_not_green(monkeypatch):
    monkeypatch.setitem(KINDS, "higher", (lambda claim, scores: iter(()), ("of", "than")))
    assert verdict("higher", {A: 0.9, B: 0.8}, of=A, than=B) == NOT_MEASURED


def test_without_any_one_of_its_scores_no_claim_holds():
    holding = [claim for claim in LEDGER if judge(claim, Scores(PAPER)).verdict == HOLDS]
    assert len(holding) > 10
    for claim_ in holding:
        named = {name for part in ("of", "than", "of_other", "than_other") for name in getattr(claim_, part)}
        needed = [key for key in PAPER if key[0] in named and key[1] in (*claim_.tasks, *claim_.other_tasks)
                  and key[2] == claim_.transfer]  # fmt: skip
        assert needed
        for key in needed:
            rest = {other: value for other, value in PAPER.items() if other != key}
            assert judge(claim_, Scores(rest)).verdict != HOLDS, (claim_.id, key)


def test_the_ledger_is_of_claims_that_can_be_understood():
    assert len(CLAIMS) == len(LEDGER) >= 30
    assert {claim.paper for claim in LEDGER} == {
        "arXiv 2411.04530", "arXiv 2311.18034", "arXiv 2502.04269", "this project",
    }  # fmt: skip
    assert {claim.kind for claim in LEDGER} == set(KINDS), "a kind that no claim uses"
    for claim_ in LEDGER:
        assert len(re.findall(r"[^\W_]+", claim_.says)) <= 17 and claim_.place, claim_.id
        for part in ("of", "than", "of_other", "than_other"):
            for name in getattr(claim_, part):
                assert name == "benchmarks" or str(Condition.parse(name)) == name


# Claims whose effects all have the sign that the words say, but not all their size: claim -> comparisons too small.
FALLING_SHORT = {
    "truncation-costs-the-full-vocabulary": 3,  # QA by .001 and NLI by .004 at d = 32, ...
}


def test_the_papers_contradictions_come_out_of_their_own_numbers():
    found = {claim.id: judge_print(claim, Scores(PAPER)) for claim in LEDGER}
    assert {name: len(v.decided_by) for name, v in found.items() if v.verdict == CONTRADICTS} == CONTRADICTED
    assert {name: len(v.decided_by) for name, v in found.items() if v.verdict == FALLS_SHORT} == FALLING_SHORT
    assert {v.verdict for v in found.values()} == {HOLDS, CONTRADICTS, FALLS_SHORT, NOT_MEASURED}
    for name in ("first-k-deteriorates", "zero-shot-on-par-on-qa-and-rerank", "xlmr-separates-writing-systems"):
        assert found[name].verdict == NOT_MEASURED, "the paper prints no such numbers"


def test_contradictions_that_copied_rows_make_go_with_the_copies():
    """As if d = 32 scored .001 less than d = 128 (10 with the full vocabulary)."""
    mended = dict(PAPER)
    for (name, task, transfer), value in PAPER.items():
        if name.startswith("mbert/d128/") and transfer:
            mended[name.replace("d128", "d32"), task, transfer] = replace(value, score=value.score - 0.001)
    verdicts = {claim.id: judge(claim, Scores(mended)).verdict for claim in LEDGER}
    assert verdicts["figure5-keeps-90-of-classification"] == HOLDS
    assert verdicts["table5-rows-are-measured-apart"] == HOLDS
    assert verdicts["d32-like-d768-at-5"] == HOLDS
    assert verdicts["sg-alone-keeps-90-at-10"] == FAILS


STAND_INS = Roles(
    {"mbert": "tiny-bert", "xlmr-base": "tiny-xlmr", "xlmr-large": "tiny-xlmr-large", "xlmv-base": "tiny-xlmv"},
    {768: 128, 128: 64, 32: 32, 8: 16, 2: 4, 1024: 192},
    "mine",
    {"ms-marco": "zero-shot"},
)


def test_stand_ins_are_judged_as_what_they_stand_for():
    renamed = {
        (STAND_INS.ours(name), task, STAND_INS.transfers.get(transfer, transfer)): value
        for (name, task, transfer), value in PAPER.items()
    }
    assert ("tiny-bert/d128/clsa-mine/kmeans-cosine-r05/mlm", "ner", "in-language") in renamed
    for claim_ in LEDGER:
        ours, theirs = judge(claim_, Scores(renamed, STAND_INS)), judge(claim_, Scores(PAPER))
        assert (ours.verdict, ours.compared, ours.margin) == (theirs.verdict, theirs.compared, theirs.margin)
        replaced = any(name.split("/")[0] in STAND_INS.backbones for name in claim_.of)
        assert not replaced or judge(claim_, Scores(renamed)).verdict == NOT_MEASURED
    assert STAND_INS.ours("mbert/d768/clsa-muse/full/none") == "tiny-bert/d128/clsa-muse/full/none"
    for name in ("mbert-shape/d768/none/full/mlm", "bloom-560m/d1024/none/full/none"):
        assert STAND_INS.ours(name) == name, "nothing stands for it, so nothing for its dimensions"


def test_a_stand_in_for_a_backbone_that_no_claim_names_is_refused():
    settings = {"stands_for": {"mbert": "tiny-bert"}, "dims": {"768": 128}, "source_set": "all", "transfers": {}}
    assert ledger.roles(LEDGER, settings) == Roles({"mbert": "tiny-bert"}, {768: 128}, "all")
    with pytest.raises(InputError, match=r"claims\.stands_for\.mbret: no claim names it; allowed: .*mbert"):
        ledger.roles(LEDGER, settings | {"stands_for": {"mbret": "tiny-bert"}})


def test_a_run_with_the_papers_scores_gets_the_papers_verdicts():
    """All of Table 5 as a score table of two seeds that agree: the same cells by another way."""
    values = {(name, task): v.score for (name, task, transfer), v in PAPER.items() if transfer == "in-language"}
    run = Scores(of_run(score_table(values, seeds=(0.0, 0.0), chance=0.01, languages=[("en", 0.0)])))
    printed = {key: replace(value, chance=0.01) for key, value in PAPER.items() if key[2] == "in-language"}
    for claim_ in LEDGER:
        if claim_.transfer == "in-language":
            ours, theirs = judge(claim_, run), judge(claim_, Scores(printed))
            assert (ours.verdict, ours.compared) == (theirs.verdict, theirs.compared), claim_.id


def test_what_a_paper_prints_is_not_judged_by_a_run():
    rows = {row["id"]: row for row in ledger.ledger(LEDGER, Scores(PAPER), Scores(PAPER))}
    of_the_print = {claim.id for claim in LEDGER if claim.printed}
    assert of_the_print == {name for name, row in rows.items() if row["run_verdict"] == OF_THE_PRINT}
    assert {rows[name]["paper_verdict"] for name in of_the_print} == {CONTRADICTS}
    assert len(of_the_print) == 4


def test_the_sentence_about_low_ratios_is_of_all_other_datasets():
    """CLSA on NLI and retrieval is the sentence before: NER, QA and reranking are left."""
    assert set(CLAIMS["clsa-improves-more-at-low-ratios"].tasks) == {"ner", "qa", "rerank"}
    assert set(CLAIMS["clsa-improves-xnli-and-miracl"].tasks) == {"nli", "retrieval"}
