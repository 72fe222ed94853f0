"""What conflated senses cost: losses by language against the oracle, and their correlation by hand."""

import numpy as np
import pyarrow as pa
import pytest

from semantic_tokens import tables
from semantic_tokens.analysis.measures import Measure
from semantic_tokens.conditions import Condition
from semantic_tokens.report import conflation
from support.toy_claims import score_table

ORACLE, FIVE = "m/d8/none/full/mlm", "m/d8/none/kmeans-cosine-r05/mlm"
GROUPING = Condition.parse("m/d8/none/kmeans-cosine-r05/none")
LANGUAGES = ("ar", "en", "hi", "sw", "zh")


def table(offsets, score=0.6, seeds=(0.0,)):
    values = {(ORACLE, "nli"): score, (FIVE, "nli"): score}
    found = score_table(values, seeds=seeds, languages=[(lang, 0.0) for lang in LANGUAGES]).to_pylist()
    for row in found:
        if row["grouping"] != "full":
            row["value"] += dict(zip(LANGUAGES, offsets))[row["lang"]]
    return pa.Table.from_pylist(found, tables.SCHEMAS["scores"])


def conflated(*shares):
    by_language = [Measure("conflated_words", lang, share, 9) for lang, share in zip(LANGUAGES, shares)]
    return [*by_language, Measure("conflated_words", "", float(np.mean(shares)), len(shares))]


def costs(offsets, shares, **kwargs):
    lost = conflation.losses(table(offsets, **kwargs))
    found = dict(conflation.with_costs([(GROUPING, conflated(*shares))], lost))
    return found[Condition.parse(FIVE)]


def test_a_loss_is_a_share_of_the_oracles_score_in_the_language():
    lost = conflation.losses(table((-0.06, 0, 0, 0, -0.3), seeds=(0.0, 0.02)))
    assert lost[Condition.parse(FIVE)]["nli"]["ar"] == pytest.approx(0.06 / 0.61)
    assert lost[Condition.parse(FIVE)]["nli"]["zh"] == pytest.approx(0.3 / 0.61)
    assert set(lost[Condition.parse(ORACLE)]["nli"].values()) == {0.0}


def test_the_correlation_is_over_languages_with_its_interval():
    shares, offsets = (0.1, 0.2, 0.3, 0.4, 0.5), (-0.06, -0.12, -0.06, -0.24, -0.18)
    (cost,) = costs(offsets, shares)
    r = np.corrcoef(shares, [-x for x in offsets])[0, 1]
    assert (cost.measure, cost.subject, cost.n, cost.chance) == ("conflation_cost", "nli", 5, 0.0)
    assert cost.value == pytest.approx(r) and cost.value > 0.5
    assert (cost.low, cost.high) == pytest.approx(
        tuple(np.tanh(np.arctanh(r) + np.array([-1, 1]) * 1.96 / 2**0.5)), abs=1e-4
    )


def test_what_cannot_be_correlated_is_left_out():
    assert costs((-0.1, -0.2, -0.3, -0.1, -0.2), (0.5,) * 5) == [], "no spread"
    assert costs((-0.1, -0.2, -0.3, -0.1, -0.2), (0.1, 0.2, 0.3)) == [], "three languages"


def test_every_condition_of_the_grouping_has_its_cost_and_no_other():
    found = conflation.with_costs(
        [(GROUPING, conflated(0.1, 0.2, 0.3, 0.4, 0.5))], conflation.losses(table((-0.1, 0, 0, 0, 0)))
    )
    assert [str(condition) for condition, _ in found] == [str(GROUPING), FIVE, ORACLE]
    assert found[2][1] == [], "one grouping"
    assert [m.measure for m in found[0][1]] == ["conflated_words"] * 6


def test_over_groupings_the_means_of_a_backbone_are_correlated():
    shares, offsets = (0.1, 0.2, 0.4, 0.8), (-0.06, -0.12, -0.06, -0.24)
    groupings = [Condition.parse(f"m/d8/none/random-r{ratio}/none") for ratio in ("40", "20", "10", "05")]
    lost = {
        Condition.parse(f"{c.grouped}/mlm"): {"nli": {lang: -x + y for lang, y in (("ar", -0.01), ("en", 0.01))}}
        for c, x in zip(groupings, offsets)
    }
    polysemes = [(c, [Measure("conflated_words", "", share, 2)]) for c, share in zip(groupings, shares)]
    backbone, (cost,) = conflation.with_costs(polysemes, lost)[-1]
    assert (str(backbone), cost.measure, cost.n) == (ORACLE, conflation.OVER_GROUPINGS, 4)
    assert cost.value == pytest.approx(np.corrcoef(shares, offsets)[0, 1] * -1)
