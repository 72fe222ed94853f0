"""The ledger: every kind of claim by hand, the contradictions from the papers' own numbers, nothing green for free."""

import re
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from semantic_tokens import tables
from semantic_tokens.conditions import Condition
from semantic_tokens.errors import InputError
from semantic_tokens.report import PRIMARY_METRIC, claim_page, claims
from semantic_tokens.report.claim_predicates import KINDS
from semantic_tokens.report.claim_scores import Roles, Scores, Value, of_paper, of_run
from semantic_tokens.report.claims import CONTRADICTS, FAILS, HOLDS, NOT_MEASURED, Claim, judge

REFERENCE = Path(__file__).parents[1] / "reference"
LEDGER = claims.read_claims(REFERENCE / "claims.yaml")
PAPER = of_paper(REFERENCE)
CLAIMS = {claim.id: claim for claim in LEDGER}

ORACLE, A, B, C, D = (
    "mbert/d768/none/full/mlm",
    *(f"mbert/d768/none/kmeans-cosine-r{ratio}/mlm" for ratio in ("40", "20", "10", "05")),
)


def scores(values, task="nli", transfer="in-language"):
    """Scores on one task of {condition: score}, or of {condition: {task: score}}; a score may be a Value."""
    found = {}
    for condition, by_task in values.items():
        for name, score in (by_task if isinstance(by_task, dict) else {task: by_task}).items():
            found[condition, name, transfer] = score if isinstance(score, Value) else Value(score)
    return Scores(found)


def claim(kind, **given):
    return Claim(id="x", paper="p", place="s", says="it is so", kind=kind, **({"tasks": ["nli"]} | given))


def verdict(kind, values, **given):
    return judge(claim(kind, **given), scores(values)).verdict


@pytest.mark.parametrize(
    ("kind", "given", "holding", "failing"),
    [
        ("retained_at_least", {"of": A, "threshold": 0.9}, {ORACLE: 0.8, A: 0.72}, {ORACLE: 0.8, A: 0.719}),
        ("retained_below", {"of": A, "threshold": 0.5}, {ORACLE: 0.8, A: 0.399}, {ORACLE: 0.8, A: 0.4}),
        ("higher", {"of": A, "than": B}, {A: 0.51, B: 0.5}, {A: 0.5, B: 0.5}),
        ("higher", {"of": A, "than": B, "threshold": 0.05}, {A: 0.56, B: 0.5}, {A: 0.55, B: 0.5}),
        ("not_lower", {"of": A, "than": B, "threshold": 0.01}, {A: 0.49, B: 0.5}, {A: 0.489, B: 0.5}),
        ("similar", {"of": A, "than": B, "threshold": 0.01}, {A: 0.51, B: 0.5}, {A: 0.511, B: 0.5}),
        ("similar", {"of": A, "than": B, "threshold": 0.01}, {A: 0.49, B: 0.5}, {A: 0.489, B: 0.5}),
        ("similar_share", {"of": A, "than": B, "threshold": 0.02}, {A: 49, B: 50}, {A: 48.9, B: 50}),
        ("near", {"of": A, "value": 7.6, "threshold": 0.05}, {A: 7.65}, {A: 7.66}),
        ("gain_larger", {"of": A, "than": B, "of_other": C, "than_other": D},
         {A: 0.7, B: 0.5, C: 0.9, D: 0.8}, {A: 0.6, B: 0.5, C: 0.9, D: 0.8}),
        ("loss_similar", {"of": A, "than": B, "of_other": C, "than_other": D, "threshold": 0.1},
         {ORACLE: 0.5, A: 0.4, B: 0.3, C: 0.35, D: 0.3}, {ORACLE: 0.5, A: 0.4, B: 0.3, C: 0.34, D: 0.3}),
        ("share_larger", {"of": A, "than": B, "of_other": C, "than_other": D},
         {A: 0.3, B: 0.4, C: 0.6, D: 0.9}, {A: 0.3, B: 0.4, C: 0.675, D: 0.9}),
        ("loses_times", {"of": A, "than": B, "threshold": 2},
         {ORACLE: 0.5, A: 0.29, B: 0.4}, {ORACLE: 0.5, A: 0.3, B: 0.4}),
        ("loses_times", {"of": A, "than": B, "threshold": 2},
         {ORACLE: 0.5, A: 0.49, B: 0.6}, {ORACLE: 0.5, A: 0.5, B: 0.6}),
        ("linear_in_ratio", {"of": [A, B, ORACLE], "threshold": 0.999},
         {A: 94.1, B: 92, ORACLE: 100}, {A: 96, B: 92, ORACLE: 100}),
    ],
)  # fmt: skip
def test_every_kind_on_one_task(kind, given, holding, failing):
    assert verdict(kind, holding, **given) == HOLDS
    assert verdict(kind, failing, **given) == FAILS


NER_AND_QA = {"tasks": ["ner", "qa"]}


@pytest.mark.parametrize(
    ("kind", "given", "holding", "failing"),
    [
        ("mean_higher", NER_AND_QA | {"of": A, "than": B},
         {A: {"ner": 0.9, "qa": 0.3}, B: {"ner": 0.8, "qa": 0.39}},
         {A: {"ner": 0.9, "qa": 0.3}, B: {"ner": 0.8, "qa": 0.4}}),
        ("distinct", NER_AND_QA | {"of": [A, B]},
         {A: {"ner": 0.9, "qa": 0.3}, B: {"ner": 0.9, "qa": 0.31}},
         {A: {"ner": 0.9, "qa": 0.3}, B: {"ner": 0.9, "qa": 0.3}}),
        ("ratio_near", {"tasks": ["nli:ar"], "other_tasks": ["nli:en"], "of": A, "value": 0.87, "threshold": 0.005},
         {A: {"nli:en": 0.54, "nli:ar": 0.47}}, {A: {"nli:en": 0.7, "nli:ar": 0.59}}),
        ("tasks_lower", {"tasks": ["ner"], "other_tasks": ["qa", "nli"], "of": A},
         {A: {"ner": 0.1, "qa": 0.2, "nli": 0.2}}, {A: {"ner": 0.1, "qa": 0.2, "nli": 0.1}}),
        ("tasks_retain_less", {"tasks": ["ner"], "other_tasks": ["qa"], "of": A},
         {ORACLE: {"ner": 0.5, "qa": 1.0}, A: {"ner": 0.4, "qa": 0.9}},
         {ORACLE: {"ner": 0.5, "qa": 1.0}, A: {"ner": 0.4, "qa": 0.8}}),
    ],
)  # fmt: skip
def test_every_kind_on_several_tasks(kind, given, holding, failing):
    assert verdict(kind, holding, **given) == HOLDS
    assert verdict(kind, failing, **given) == FAILS


def test_one_comparison_decides_against_a_claim_and_a_missing_one_leaves_it_open():
    higher = claim("higher", of=[A, B, C], than=[B, C, D])
    values = {A: 0.9, B: 0.8, C: 0.7, D: 0.6}
    found = judge(higher, scores(values))
    assert (found.verdict, found.compared, found.needed) == (HOLDS, 3, 3)
    without_last = judge(higher, scores({name: values[name] for name in (A, B, C)}))
    assert (without_last.verdict, without_last.compared, without_last.needed) == (NOT_MEASURED, 2, 3)
    against = judge(higher, scores({A: 0.9, B: 0.95, C: 0.7}))
    assert (against.verdict, against.compared, against.margin) == (FAILS, 2, pytest.approx(-0.05))
    assert against.decided_by == (f"NLI: {A} 0.900, {B} 0.950",)


@pytest.mark.parametrize("kind", ["distinct", "mean_higher"])
def test_rows_are_compared_only_where_both_have_every_task(kind):
    given = NER_AND_QA | {"of": [A, B]} if kind == "distinct" else NER_AND_QA | {"of": A, "than": B}
    values = {A: {"ner": 0.9, "qa": 0.3}, B: {"ner": 0.8}}
    assert verdict(kind, values, **given) == NOT_MEASURED
    assert verdict(kind, values | {B: {"ner": 0.8, "qa": 0.3}}, **given) == HOLDS


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
    assert {claim.paper for claim in LEDGER} == {"arXiv 2411.04530", "arXiv 2311.18034", "arXiv 2502.04269"}
    assert {claim.kind for claim in LEDGER} == set(KINDS), "a kind that no claim uses"
    for claim_ in LEDGER:
        assert len(re.findall(r"[^\W_]+", claim_.says)) <= 17 and claim_.place, claim_.id
        for part in ("of", "than", "of_other", "than_other"):
            for name in getattr(claim_, part):
                assert name == "benchmarks" or str(Condition.parse(name)) == name


# What the paper's own numbers say against its sentences: claim -> how many comparisons.
CONTRADICTED = {
    "sg-alone-keeps-90-at-10": 1,  # reranking, 84.9%
    "sg-pretrained-keeps-90-at-5": 2,  # NLI 88.1%, reranking 89.1%
    "sg-pretrained-keeps-85-of-embedding-at-20": 1,  # 83.2%
    "clsa-higher-or-similar-to-rounding": 5,
    "clsa-improves-xnli-and-miracl": 1,  # retrieval at 40%
    "clsa-improves-more-at-low-ratios": 1,  # NER, pretrained: -.003 at both ends
    "figure5-keeps-90-of-classification": 2,  # reranking at d = 32: 88.0%, 83.8%
    "slope-flattens-with-dimension": 5,
    "d32-like-d768-at-5": 5,
    "sg-keeps-its-level-at-lower-dimensions": 4,  # retrieval at d = 32
    "table5-rows-are-measured-apart": 5,  # rows that repeat others
    "backbones-fall-alike": 2,  # XLM-R large, NER
    "benchmarks-cover-thirty-languages": 1,  # 31
    "masakhaner-shares-no-language": 1,  # sw, yo
    "tydiqa-and-xnli-share-three-languages": 1,  # 5
    "memory-falls-with-the-vocabulary": 1,  # 74.9 GB at 40%, 74.6 at 100%
    "kmeans-beats-lexicons": 1,  # .357 with zh alone
    "bloom-transfer-efficiency-arabic": 1,  # .843
    "bloom-transfer-efficiency-swahili": 1,  # .714
}


def test_the_papers_contradictions_come_out_of_their_own_numbers():
    found = {claim.id: judge(claim, Scores(PAPER), CONTRADICTS) for claim in LEDGER}
    assert {name: len(v.decided_by) for name, v in found.items() if v.verdict == CONTRADICTS} == CONTRADICTED
    assert {v.verdict for v in found.values()} == {HOLDS, CONTRADICTS, NOT_MEASURED}
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
)


def test_stand_ins_are_judged_as_what_they_stand_for():
    renamed = {(STAND_INS.ours(name), task, transfer): value for (name, task, transfer), value in PAPER.items()}
    assert ("tiny-bert/d128/clsa-mine/kmeans-cosine-r05/mlm", "ner", "in-language") in renamed
    for claim_ in LEDGER:
        ours, theirs = judge(claim_, Scores(renamed, STAND_INS)), judge(claim_, Scores(PAPER))
        assert (ours.verdict, ours.compared, ours.margin) == (theirs.verdict, theirs.compared, theirs.margin)
        assert judge(claim_, Scores(renamed)).verdict == NOT_MEASURED or claim_.of[0] == "benchmarks"
    assert STAND_INS.ours("mbert/d768/clsa-muse/full/none") == "tiny-bert/d128/clsa-muse/full/none"


def test_what_stands_for_a_backbone_that_no_claim_names_is_refused():
    settings = {"stands_for": {"mbert": "tiny-bert"}, "dims": {"768": 128}, "source_set": "all"}
    assert claims.roles(LEDGER, settings) == Roles({"mbert": "tiny-bert"}, {768: 128}, "all")
    with pytest.raises(InputError, match=r"claims\.stands_for\.mbret: no claim speaks of it; allowed: .*mbert"):
        claims.roles(LEDGER, settings | {"stands_for": {"mbret": "tiny-bert"}})


def score_table(values, seeds=(0.0,), chance=0.2, transfer="in-language", languages=(("en", -0.05), ("zh", 0.05))):
    """A canonical score table of {(condition, task): score}: languages and seeds add their offsets."""
    rows = []
    for (name, task), score in values.items():
        c = Condition.parse(name)
        for seed, offset in enumerate(seeds):
            for lang, more in languages:
                rows.append({
                    "run": "made-up", "study": ["main"], "backbone": c.backbone, "dim": c.dim, "alignment": c.alignment,
                    "grouping": c.grouping.method, "ratio": c.grouping.ratio, "pretraining": c.pretraining,
                    "task": task, "transfer": transfer, "seed": seed, "lang": lang, "metric": PRIMARY_METRIC[task],
                    "value": score + more + offset, "chance": chance, "n": 10,
                })  # fmt: skip
    return pa.Table.from_pylist(rows, tables.SCHEMAS["scores"])


def test_a_run_with_the_papers_scores_gets_the_papers_verdicts():
    """All of Table 5 as a score table: the same cells by another way, with a language and chance."""
    values = {(name, task): v.score for (name, task, transfer), v in PAPER.items() if transfer == "in-language"}
    run = Scores(of_run(score_table(values, chance=0.01, languages=[("en", 0.0)])))
    printed = {key: value for key, value in PAPER.items() if key[2] == "in-language"}
    for claim_ in LEDGER:
        if claim_.transfer == "in-language":
            ours, theirs = judge(claim_, run), judge(claim_, Scores(printed))
            assert (ours.verdict, ours.compared) == (theirs.verdict, theirs.compared), claim_.id


def test_retained_is_shown_plain_and_above_chance():
    run = Scores(of_run(score_table({(ORACLE, "nli"): 0.8, (A, "nli"): 0.5})))
    found = judge(claim("retained_at_least", of=A, threshold=0.6), run)
    assert found.decided_by == (f"NLI, {A}: 62.5% (above chance 50.0%)",)
    printed = judge(claim("retained_at_least", of=A, threshold=0.6), scores({ORACLE: 0.8, A: 0.5}))
    assert printed.decided_by == (f"NLI, {A}: 62.5%",), "the paper gives no chance"


def test_a_language_of_a_task_can_be_asked_for():
    run = of_run(score_table({(A, "nli"): 0.5}, transfer="zero-shot"))
    assert run[A, "nli:en", "zero-shot"].score == pytest.approx(0.45)
    assert run[A, "nli", "zero-shot"].score == pytest.approx(0.5)


def test_correlations_of_languages_and_other_measures_join_the_scores(tmp_path):
    path = tmp_path / "measures.csv"
    path.write_text(f"condition,measure,value\n{A},gpu_memory_gb,19.1\n", encoding="utf-8")
    run = of_run(score_table({(A, "nli"): 0.5}), [path])
    assert run[A, "gpu_memory_gb", ""] == Value(19.1)
    path.write_text("condition,value\nx,1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"measures\.csv: has columns condition, value; needed: condition, measure"):
        of_run(score_table({(A, "nli"): 0.5}), [path])


@pytest.mark.parametrize(
    ("better", "expected"),
    [(0.51, (HOLDS, "yes")), (0.53, (HOLDS, "no")), (0.49, (FAILS, "yes")), (0.47, (FAILS, "no"))],
)
def test_a_margin_within_the_standard_error_of_the_seeds_is_noise(better, expected):
    # Seeds score 0, .01 and .02 more: a standard error of .01 / sqrt(3) each, of their difference .0082. On average
    # both gain .01, so the margin is that of `better`; .01 is more than .0082.
    spread = (0.0, 0.01, 0.02)
    for gain, noise in ((better, "no"), ((better - 0.5) / 2 + 0.5, expected[1])):
        run = Scores(of_run(score_table({(A, "nli"): gain, (B, "nli"): 0.5}, seeds=spread)))
        found = judge(claim("higher", of=A, than=B), run)
        assert (found.verdict, found.within_noise, found.seeds) == (expected[0], noise, 3)
        assert found.margin == pytest.approx(gain - 0.5)
        assert found.error == pytest.approx(0.01 * (2 / 3) ** 0.5)


def test_one_seed_has_no_noise_to_compare_with():
    found = judge(claim("higher", of=A, than=B), Scores(of_run(score_table({(A, "nli"): 0.6, (B, "nli"): 0.5}))))
    assert (found.verdict, found.seeds, found.error, found.within_noise) == (HOLDS, 1, None, "")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (0.495, 0.495, (FAILS, "yes")),
        (0.495, 0.3, (FAILS, "no")),  # one of them fails beyond noise
        (0.505, 0.7, (HOLDS, "yes")),  # one of them holds by noise
        (0.6, 0.7, (HOLDS, "no")),
    ],
)
def test_against_a_claim_one_clear_failure_is_enough_and_for_it_all_must_be_clear(one, other, expected):
    values = {name: Value(score, 3, 0.01) for name, score in ((A, one), (B, other), (C, 0.5))}
    found = judge(claim("higher", of=[A, B], than=C), scores(values))
    assert (found.verdict, found.within_noise) == expected


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
        claim("mean_higher", tasks=["ner", "qa"], of=A, than=B), scores({A: tasks, B: {"ner": 0.4, "qa": 0.5}})
    )
    assert (found.margin, found.error) == (pytest.approx(0.15), None), "the other has one seed"
    found = judge(claim("mean_higher", tasks=["ner", "qa"], of=A, than=B), scores({A: tasks, B: tasks}))
    assert found.error == pytest.approx(0.025 * 2**0.5)
    run = of_run(score_table({(A, "nli"): 0.5}, seeds=(0.0, 0.01, 0.02)))
    assert run[A, "nli:zh", "in-language"] == Value(
        pytest.approx(0.56), 3, pytest.approx(0.01 / 3**0.5), pytest.approx(0.2)
    )


def made_up_ledger(run=()):
    return claims.ledger(LEDGER, Scores(PAPER), Scores(dict(run)))


def test_the_ledger_is_written_with_the_same_bytes_and_read_again(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        claim_page.write(made_up_ledger(PAPER), tmp_path / folder / "claims.csv", tmp_path / folder / "claims.md")
    for name in ("claims.csv", "claims.md"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    rows = claims.read(tmp_path / "a" / "claims.csv")
    assert [row["id"] for row in rows] == list(CLAIMS) and tuple(rows[0]) == claims.COLUMNS
    found = next(row for row in rows if row["id"] == "sg-pretrained-keeps-90-at-5")
    assert (found["paper_verdict"], found["run_verdict"]) == (CONTRADICTS, FAILS)
    assert (found["paper_compared"], found["paper_needed"]) == ("4", "4")
    assert found["paper_decided_by"].count("%") == 2 and "88.1%" in found["paper_decided_by"]
    text = (tmp_path / "a" / "claims.md").read_text(encoding="utf-8")
    assert text.count("\n| `") == len(LEDGER)
    assert f"{CONTRADICTS}: {len(CONTRADICTED)}." in text and "88.1%" in text


def test_claims_that_are_expected_and_do_not_hold_are_named():
    nothing, paper = made_up_ledger(), made_up_ledger(PAPER)
    assert claims.unmet(paper, ["embedding-is-more-sensitive"]) == []
    assert claims.unmet(nothing, []) == []
    found = claims.unmet(
        paper, ["first-k-deteriorates", "nonsense", "d32-like-d768-at-5", "embedding-is-more-sensitive"]
    )
    assert [line.split("; known")[0] for line in found] == [
        "claim first-k-deteriorates: not measured", "claim nonsense: unknown", "claim d32-like-d768-at-5: fails",
    ]  # fmt: skip


def test_an_unknown_claim_that_is_expected_is_named_before_anything_runs():
    claims.refuse_unknown(LEDGER, ["embedding-is-more-sensitive"])
    with pytest.raises(InputError, match=r"expect_claims: no claim nonsense, rubbish; known: .*embedding-is-more"):
        claims.refuse_unknown(LEDGER, ["nonsense", "embedding-is-more-sensitive", "rubbish"])


COMPLETE = "- {id: a, paper: p, place: s, says: x, kind: higher, tasks: [ner], of: m/mlm, than: m/none}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (COMPLETE.replace("higher", "taller"), "claim a: .*kind 'taller'; allowed: retained_at_least"),
        (COMPLETE.replace(", than: m/none", ""), "claim a: .*must give tasks, of, than"),
        (COMPLETE.replace("[ner]", "[]"), "claim a: .*must give tasks"),
        (COMPLETE.replace("place", "palce"), "claim a: place: Field required"),
        (COMPLETE.replace("of: m/mlm", "of: [a, b, c]").replace("than: m/none", "than: [a, b]"),
         "claim a: .*shorter"),
        (COMPLETE * 2, "claim a: there is another one of this id"),
    ],
)  # fmt: skip
def test_a_claim_that_cannot_be_judged_is_refused(tmp_path, text, message):
    path = tmp_path / "claims.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=rf"claims\.yaml: {message}"):
        claims.read_claims(path)
