"""Transfer from English: accuracies, efficiencies, their intervals, and the paper's printed numbers."""

import copy

import pytest
import yaml
from scipy.stats import binomtest
from scipy.stats.contingency import relative_risk

from semantic_tokens.analysis.intervals import of_ratio, of_share
from semantic_tokens.config.loading import load
from semantic_tokens.config.shapes import shape_of
from semantic_tokens.errors import InputError
from semantic_tokens.estimate.plan import on_demand
from semantic_tokens.siblings.transfer.measure import Score, measure_transfer, printed
from support import ROOT

CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))


def by_name(measures):
    return {(m.measure, m.subject): m for m in measures}


def test_efficiency_is_accuracy_over_that_in_english():
    scores = [Score("sw", 0, 0.5, 200), Score("en", 0, 0.8, 100), Score("ar", 0, 0.6, 200)]
    found = by_name(measure_transfer(scores))
    assert found["accuracy", "sw"].value == 0.5 and found["accuracy", "sw"].n == 200
    assert found["transfer_efficiency", "sw"].value == pytest.approx(0.625)
    assert found["transfer_efficiency", "ar"].value == pytest.approx(0.75)
    assert ("transfer_efficiency", "en") not in found
    assert found["transfer_efficiency", ""].value == pytest.approx(0.6875)
    assert found["accuracy", ""].value == pytest.approx(1.9 / 3) and found["accuracy", ""].n == 500
    assert found["accuracy_elsewhere", ""].value == pytest.approx(1.1 / 2) and found["accuracy_elsewhere", ""].n == 400
    assert found["accuracy", "en"].chance == pytest.approx(1 / 3)
    assert found["transfer_efficiency", "sw"].chance == pytest.approx(1 / 3 / 0.8), "what guessing in Swahili gets"
    assert [m.subject for m in measure_transfer(scores) if m.measure == "accuracy"] == ["ar", "en", "sw", ""]


def test_seeds_are_averaged_and_do_not_narrow_the_interval():
    one = by_name(measure_transfer([Score("en", 0, 0.7, 50), Score("fr", 0, 0.5, 50)]))
    seeds = [(0, 0.1), (1, -0.1)]
    both = [Score(lang, seed, a + d, 50) for lang, a in (("en", 0.7), ("fr", 0.5)) for seed, d in seeds]
    two = by_name(measure_transfer(both))
    for key in one:
        assert two[key].value == pytest.approx(one[key].value) and two[key].low == pytest.approx(one[key].low)
    spread = {key: (m.value, m.n) for key, m in two.items() if key not in one}
    assert spread == {("accuracy_error_over_seeds", lang): (pytest.approx(0.1), 2) for lang in ("en", "fr")}


def test_without_english_there_is_no_efficiency():
    with pytest.raises(InputError, match="no scores in the language 'en'"):
        measure_transfer([Score("sw", 0, 0.5, 200)])
    lost = by_name(measure_transfer([Score("en", 0, 0.0, 10), Score("sw", 0, 0.5, 10)]))
    assert set(lost) == {("accuracy", "en"), ("accuracy", "sw"), ("accuracy", ""), ("accuracy_elsewhere", "")}


@pytest.mark.parametrize(("english", "n", "has_one"), [(0.36, 100, False), (0.42, 100, False), (0.45, 100, True)])
def test_a_model_that_guesses_in_english_has_no_efficiency(english, n, has_one):
    found = by_name(measure_transfer([Score("en", 0, english, n), Score("sw", 0, 0.34, n)]))
    assert (("transfer_efficiency", "sw") in found) == has_one


def test_intervals_are_those_of_scipy():
    for hits, n in ((8, 10), (0, 20), (200, 300)):
        expected = binomtest(hits, n).proportion_ci(method="wilson")
        assert of_share(hits / n, n) == pytest.approx((expected.low, expected.high), abs=1e-12)
    expected = relative_risk(30, 100, 40, 120).confidence_interval(0.95)
    assert of_ratio(30 / 100, 100, 40 / 120, 120) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert of_ratio(0, 100, 0.2, 100) == (None, None)


def test_the_printed_efficiencies_are_recomputed():
    cells = {(cell.backbone, cell.lang): cell for cell in printed(ROOT / "reference/handle_languages.csv")}
    assert len(cells) == 6
    recomputed = {key: cell.recomputed and round(cell.recomputed, 3) for key, cell in cells.items()}
    assert recomputed == {
        ("bloom-560m", "en"): None, ("bloom-560m", "ar"): 0.843, ("bloom-560m", "sw"): 0.714,
        ("mbert", "en"): None, ("mbert", "ar"): 0.870, ("mbert", "sw"): 0.741,
    }  # fmt: skip
    assert cells["bloom-560m", "ar"].efficiency == 0.87 and cells["mbert", "ar"].efficiency is None
    assert cells["bloom-560m", "ar"].follows is False, "0.595 / 0.695 is 0.856"
    assert cells["bloom-560m", "sw"].follows is True, "0.505 / 0.695 is 0.727, which rounds to 0.73"
    assert cells["mbert", "ar"].follows is None


def test_transfer_needs_inference_and_english():
    without = copy.deepcopy(CONFIG)
    del without["tasks"]["nli"]
    without["compute"]["bundles"] = [["ner", "rerank"], ["qa", "retrieval"]]
    without["studies"]["figure3"]["tasks"].remove("nli")
    with pytest.raises(InputError, match=r"tasks\.nli = None: must be given: `transfer` fine-tunes on it"):
        load(without)
    with pytest.raises(InputError, match=r"transfer = .*trains on English"):
        load(CONFIG | {"data": CONFIG["data"] | {"languages": ["es", "ru", "ar"]}})


def test_a_decoder_is_costed_with_logits_at_every_token():
    config = load(CONFIG)
    (job,) = [
        job for job in on_demand(config)["transfer"].jobs.values() if job.output.startswith("backbones/tiny-bloom/c")
    ]
    work, backbone = job.work, config.backbones["tiny-bloom"]
    shape, settings = shape_of(backbone), backbone.pretraining
    tokens = settings.steps * settings.batch_size * settings.sequence_length
    assert work == shape.masked_lm(tokens, settings.sequence_length, 1.0, shape.vocabulary, shape.dim)
    assert work > 3 * tokens * 2 * 8000 * 128
