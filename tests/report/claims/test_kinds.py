"""Every kind of claim by hand."""

import pytest

from semantic_tokens.report.claims.ledger import judge
from semantic_tokens.report.claims.verdicts import FAILS, HOLDS, NOT_MEASURED
from support.toy_claims import ORACLE, A, B, C, D, claim, scores, verdict


@pytest.mark.parametrize(
    ("kind", "given", "holding", "failing"),
    [
        ("retained_at_least", {"of": A, "threshold": 0.9}, {ORACLE: 0.8, A: 0.72}, {ORACLE: 0.8, A: 0.719}),
        ("retained_below", {"of": A, "threshold": 0.5}, {ORACLE: 0.8, A: 0.399}, {ORACLE: 0.8, A: 0.4}),
        ("higher", {"of": A, "than": B}, {A: 0.51, B: 0.5}, {A: 0.5, B: 0.5}),
        ("higher", {"of": A, "than": B, "smallest": 0.05}, {A: 0.55, B: 0.5}, {A: 0.549, B: 0.5}),
        ("higher_share", {"of": A, "than": B, "smallest": 0.5}, {A: 30, B: 20}, {A: 29.9, B: 20}),
        ("not_lower", {"of": A, "than": B, "threshold": 0.01}, {A: 0.49, B: 0.5}, {A: 0.489, B: 0.5}),
        ("similar", {"of": A, "than": B, "threshold": 0.01}, {A: 0.51, B: 0.5}, {A: 0.511, B: 0.5}),
        ("similar", {"of": A, "than": B, "threshold": 0.01}, {A: 0.49, B: 0.5}, {A: 0.489, B: 0.5}),
        ("similar_share", {"of": A, "than": B, "threshold": 0.02}, {A: 49, B: 50}, {A: 48.9, B: 50}),
        ("near", {"of": A, "value": 7.6, "threshold": 0.05}, {A: 7.65}, {A: 7.66}),
        ("gain_larger", {"of": A, "than": B, "of_other": C, "than_other": D, "smallest": 0.1},
         {A: 0.7, B: 0.5, C: 0.9, D: 0.8}, {A: 0.69, B: 0.5, C: 0.9, D: 0.8}),
        ("loss_similar", {"of": A, "than": B, "of_other": C, "than_other": D, "threshold": 0.1},
         {ORACLE: 0.5, A: 0.4, B: 0.3, C: 0.35, D: 0.3}, {ORACLE: 0.5, A: 0.4, B: 0.3, C: 0.34, D: 0.3}),
        ("share_larger", {"of": A, "than": B, "of_other": C, "than_other": D, "smallest": 0.05},
         {A: 0.3, B: 0.4, C: 0.63, D: 0.9}, {A: 0.3, B: 0.4, C: 0.64, D: 0.9}),
        ("loses_times", {"of": A, "than": B, "threshold": 2, "smallest": 0.02},
         {ORACLE: 0.5, A: 0.29, B: 0.4}, {ORACLE: 0.5, A: 0.291, B: 0.4}),
        ("loses_times", {"of": A, "than": B, "threshold": 2, "smallest": 0.02},
         {ORACLE: 0.5, A: 0.49, B: 0.6}, {ORACLE: 0.5, A: 0.491, B: 0.6}),
        ("linear_in_ratio", {"of": [A, B, ORACLE], "threshold": 0.999, "smallest": 0.05},
         {A: 94.1, B: 92, ORACLE: 100}, {A: 96, B: 92, ORACLE: 100}),
        ("linear_in_ratio", {"of": [A, B, ORACLE], "threshold": 0.999, "smallest": 0.07},
         {A: 94, B: 92, ORACLE: 100}, {A: 95, B: 93.4, ORACLE: 100}),
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
    assert (against.verdict, against.compared, against.margin) == (FAILS, 2, pytest.approx(-0.05 - 0.001))
    assert against.decided_by == (f"NLI: {A} 0.900, {B} 0.950",)


@pytest.mark.parametrize("kind", ["distinct", "mean_higher"])
def test_rows_are_compared_only_where_both_have_every_task(kind):
    given = NER_AND_QA | {"of": [A, B]} if kind == "distinct" else NER_AND_QA | {"of": A, "than": B}
    values = {A: {"ner": 0.9, "qa": 0.3}, B: {"ner": 0.8}}
    assert verdict(kind, values, **given) == NOT_MEASURED
    assert verdict(kind, values | {B: {"ner": 0.8, "qa": 0.3}}, **given) == HOLDS
