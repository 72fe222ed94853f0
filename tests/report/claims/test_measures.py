"""Tables of analyses as claims see them: names of subjects and layers, Table 3, and what is no such table."""

import pytest

from semantic_tokens.analysis import measures
from semantic_tokens.analysis.measures import Measure
from semantic_tokens.conditions import Condition
from semantic_tokens.errors import InputError
from semantic_tokens.report import table3
from semantic_tokens.report.claims.ledger import judge
from semantic_tokens.report.claims.measures import of_tables
from semantic_tokens.report.claims.scores import Roles, Scores
from semantic_tokens.report.claims.verdicts import FAILS, HOLDS, NO_SPREAD, NOT_MEASURED, ONE_SEED, WITHIN_NOISE
from semantic_tokens.siblings.transfer.measure import Score, measure_transfer
from support.toy_claims import CLAIMS, claim

BLOOM = "bloom-1b7/d2048/none/full/none"


def table(path, *rows, condition=BLOOM):
    measures.write(rows, Condition.parse(condition), path)
    return of_tables([path])


def test_a_measure_is_found_by_its_name_and_subject(tmp_path):
    found = table(
        tmp_path / "t.csv", Measure("script_separability", "", 0.9, 10, chance=0.5), Measure("accuracy", "ar", 0.4, 9)
    )
    assert {key[1]: value.score for key, value in found.items()} == {"script_separability": 0.9, "accuracy:ar": 0.4}
    assert {key[0] for key in found} == {BLOOM} and {key[2] for key in found} == {""}
    assert found[BLOOM, "script_separability", ""].chance == 0.5


def test_a_pair_of_languages_is_found_in_alphabetical_order(tmp_path):
    assert (BLOOM, "word_similarity:de-en@3", "") in table(
        tmp_path / "t.csv", Measure("word_similarity", "en-de", 0.3, 9, layer=3)
    )


def test_only_pairs_of_languages_are_put_in_order(tmp_path):
    subjects = "xlmr-base", "xlmr-base/d768/none/full/none"
    found = table(tmp_path / "t.csv", *(Measure("c", subject, 0.3, 9) for subject in subjects))
    assert {key[1] for key in found} == {f"c:{subject}" for subject in subjects}


def test_layers_have_names_and_the_best_one_is_most_above_chance(tmp_path):
    cosines = {0: (0.5, 0.1), 2: (0.6, 0.5), 4: (0.9, 0.8), 6: (0.95, 0.9)}  # layer -> cosine, chance
    rows = [Measure("c", "", value, 9, layer, chance=chance) for layer, (value, chance) in cosines.items()]
    rows += [Measure("c", "en-zh", value / 2, 9, layer, chance=chance) for layer, (value, chance) in cosines.items()]
    found = {key[1]: value.score for key, value in table(tmp_path / "t.csv", *rows).items()}
    assert (found["c@best"], found["c@middle"], found["c@last"]) == (0.5, 0.9, 0.95)
    assert (found["c:en-zh@best"], found["c:en-zh@2"], found["c:en-zh@last"]) == (0.25, 0.3, 0.475)


def test_conditions_read_from_a_table_are_those_that_wrote_it(tmp_path):
    for name in ("mbert/d768/clsa-all/kmeans-cosine-r05/mlm", "mbert/d768/none/lexicon-zh/none", BLOOM):
        found = table(tmp_path / "t.csv", Measure("m", "", 1.0, 1), condition=name)
        assert list(found) == [(name, "m", "")]


def probe(middle, last, spread=0.01):
    return [
        Measure("sentence_probe_accuracy", "", value, 9, layer, value - spread, value + spread, 0.5)
        for layer, value in enumerate((0.6, 0.7, middle, 0.7, last))
    ]


@pytest.mark.parametrize(("last", "expected"), [(0.7, HOLDS), (0.9, FAILS), (0.8, WITHIN_NOISE)])
def test_claims_of_layers_are_judged_by_the_tables(tmp_path, last, expected):
    degrades = CLAIMS["bloom-degrades-in-deep-layers"]
    found = judge(degrades, Scores(table(tmp_path / "t.csv", *probe(0.8, last))))
    assert (found.verdict, found.compared, found.needed) == (expected, 1, 1)
    assert judge(degrades, Scores({})).verdict == NOT_MEASURED


def test_a_measure_is_decided_against_its_interval_and_without_one_not_at_all(tmp_path):
    degrades = CLAIMS["bloom-degrades-in-deep-layers"]
    # .05 lower, less .01 that the words demand: twice the error of a difference is .0408 where intervals are +- .0283.
    for spread, expected in ((0.027, HOLDS), (0.0295, WITHIN_NOISE)):
        found = judge(degrades, Scores(table(tmp_path / "t.csv", *probe(0.8, 0.75, spread))))
        assert (found.verdict, found.seeds) == (expected, None)
    bare = [Measure("sentence_probe_accuracy", "", value, 9, layer) for layer, value in enumerate((0.6, 0.8, 0.5))]
    assert judge(degrades, Scores(table(tmp_path / "t.csv", *bare))).verdict == NO_SPREAD


def test_accuracies_of_fine_tuned_models_are_decided_by_seeds_not_by_test_items(tmp_path):
    """The interval of the items is narrow; with one seed nothing says what another one would score."""
    gaps = CLAIMS["transfer-falls-with-resources"]
    models = ("mbert/d768/none/full/none", "bloom-560m/d1024/none/full/none")
    accuracies = {"en": 0.8, "ar": 0.7, "sw": 0.6}
    for seeds, expected in (((0.0,), ONE_SEED), ((-0.01, 0.01), HOLDS), ((-0.2, 0.2), WITHIN_NOISE)):
        values = {}
        for model in models:
            scores = [Score(lang, s, a + d, 5000) for lang, a in accuracies.items() for s, d in enumerate(seeds)]
            values |= table(tmp_path / "t.csv", *measure_transfer(scores), condition=model)
        found = judge(gaps, Scores(values))
        assert (found.verdict, found.seeds) == (expected, len(seeds))


def costs(tmp_path, **changes):
    """Table 3 as a run writes it, that costs what the paper prints: of two ratios."""
    about = {"machine": "made-up", "batch_size": 2, "sequence_length": 8, "steps": 1}
    rows = []
    for ratio, millions, gigabytes, speed in ((1.0, 177.85, 74.6, 1.9), (0.05, 90.63, 19.1, 5.1)):
        row = dict.fromkeys(table3.COLUMNS) | {"dim": 768, "ratio": ratio, "groups": 5, "steps_per_second": speed}
        row |= {"parameters_millions": millions, "peak_mib": gigabytes * 1e9 / 2**20}
        rows.append(row | about | (changes if ratio == 0.05 else {}))
    table3.write(rows, tmp_path / "efficiency.csv")
    return Scores(of_tables([tmp_path / "efficiency.csv"]), Roles({"mbert": "tiny-bert"}, {768: 128}))


def test_table_3_is_judged_whatever_stands_in_for_mbert(tmp_path):
    full, five = "mbert-shape/d768/none/full/mlm", "mbert-shape/d768/none/kmeans-cosine-r05/mlm"
    cheaper = claim("higher", tasks=["memory_gb"], transfer="", of=full, than=five)
    found = judge(cheaper, costs(tmp_path))
    assert (found.verdict, found.margin) == (HOLDS, pytest.approx(74.6 - 19.1 - 0.001))
    assert judge(cheaper, costs(tmp_path, peak_mib=80e9 / 2**20)).verdict == FAILS
    assert judge(CLAIMS["memory-falls-with-the-vocabulary"], costs(tmp_path)).verdict == NOT_MEASURED, "40, 20, 10%"
    assert judge(CLAIMS["memory-falls-with-the-vocabulary"], costs(tmp_path)).compared == 0


def test_another_table_is_refused_and_an_empty_one_has_nothing(tmp_path):
    (tmp_path / "x.csv").write_text("condition,value\nx,1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"x\.csv: has columns condition, value; needed: condition, backbone, dim"):
        of_tables([tmp_path / "x.csv"])
    assert table(tmp_path / "t.csv") == {}
