"""Scores to page on made-up numbers: means and shares by hand, same bytes, groups counted by hand."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from semantic_tokens import tables
from semantic_tokens.conditions import Condition
from semantic_tokens.errors import InputError
from semantic_tokens.report import PRIMARY_METRIC, TASK_ORDER, scores, table5
from support.toy_claims import score_table
from support.toy_scores import (
    ALIGNED,
    KMEANS,
    ORACLE,
    RANDOM,
    UNTRAINED,
    cells_of,
    score_files,
)


def test_primary_metrics_are_those_of_the_tasks():
    expected = {"ner": "f1", "qa": "f1", "nli": "accuracy", "rerank": "ndcg_at_10", "retrieval": "ndcg_at_10"}
    expected |= {"bitext": "accuracy", "clir": "ndcg_at_10_across"}
    assert list(PRIMARY_METRIC) == list(TASK_ORDER) and expected == PRIMARY_METRIC


def test_collect_joins_studies_and_drops_what_nobody_wants(tmp_path):
    paths, studies = score_files(tmp_path, {ORACLE: {"ner": 0.8, "nli": 0.7}, KMEANS: {"ner": 0.5}})
    del studies[f"{ORACLE}/nli@in-language#0"]
    studies[f"{KMEANS}/ner@in-language#0"] = ["z", "a"]
    table = scores.collect(paths, "made-up", studies)
    tables.validate("scores", table, "test")
    assert table.column_names == tables.SCHEMAS["scores"].names
    found = {(scores.unit_of(row), row["lang"]): row["study"] for row in table.to_pylist()}
    assert found == {
        (f"{ORACLE}/ner@in-language#0", "en"): ["main"],
        (f"{ORACLE}/ner@in-language#0", "zh"): ["main"],
        (f"{KMEANS}/ner@in-language#0", "en"): ["a", "z"],
        (f"{KMEANS}/ner@in-language#0", "zh"): ["a", "z"],
    }


def test_score_csv_has_the_same_bytes_in_whatever_order_files_come(tmp_path):
    paths, studies = score_files(tmp_path, {ORACLE: {"ner": 1 / 3}, KMEANS: {"ner": 0.1 + 0.2}}, seeds=(0, 1, 10))
    texts = []
    for order in (paths, paths[::-1]):
        table = scores.collect(order, "made-up", studies)
        scores.write_csv(table, tmp_path / "scores.csv")
        texts.append((tmp_path / "scores.csv").read_bytes())
    assert texts[0] == texts[1]
    lines = texts[0].decode().split("\n")
    assert lines[0] == ",".join(name for name in tables.SCHEMAS["scores"].names if name != "condition")
    value = repr(1 / 3 - 0.05)
    assert lines[1] == f"made-up,main,tiny,8,none,full,1.0,mlm,ner,in-language,0,en,f1,{value},0.2,10,,"
    assert [line.split(",")[10] for line in lines[1:7]] == ["0", "0", "1", "1", "10", "10"]  # seeds as numbers


def test_collect_refuses_repeated_and_missing_scores(tmp_path):
    paths, studies = score_files(tmp_path, {ORACLE: {"ner": 0.8}})
    with pytest.raises(InputError, match=r"0-0\.parquet: .*ner@in-language#0 in en, f1, is also in"):
        scores.collect([*paths, *paths], "made-up", studies)
    with pytest.raises(InputError, match=f"1 units have no score, the first: {KMEANS}/ner"):
        scores.collect(paths, "made-up", studies | {f"{KMEANS}/ner@in-language#0": ["main"]})
    pq.write_table(pq.read_table(paths[0]).drop_columns(["chance"]), paths[0])
    with pytest.raises(InputError, match=r"0-0\.parquet .*'chance' is missing"):
        scores.collect(paths, "made-up", studies)


def test_table5_means_and_shares_by_hand(tmp_path):
    cells = cells_of(tmp_path, {ORACLE: {"nli": 0.79}, KMEANS: {"nli": 0.49}}, seeds=(0, 1, 2))
    oracle, kmeans = sorted(cells, key=lambda cell: -cell.score)
    assert (oracle.seeds, oracle.score, oracle.std) == (3, pytest.approx(0.8), pytest.approx(0.01))
    assert (oracle.retained, oracle.retained_above_chance) == (pytest.approx(1), pytest.approx(1))
    assert (kmeans.score, kmeans.chance) == (pytest.approx(0.5), pytest.approx(0.2))
    assert kmeans.retained == pytest.approx(0.5 / 0.8)
    assert kmeans.retained_above_chance == pytest.approx(0.3 / 0.6)


def test_the_interval_of_what_is_retained_is_over_languages_and_seeds():
    """Half of the oracle in every language and seed is half whoever is drawn; unequal shares spread."""
    oracle = {(seed, lang): 0.2 + 0.1 * i for i, (seed, lang) in enumerate((s, lang) for s in (0, 1) for lang in "abc")}
    half = {pair: value / 2 for pair, value in oracle.items()}
    assert table5.retained_interval(half, oracle) == (pytest.approx(0.5), pytest.approx(0.5), table5.OVER_BOTH)
    low, high, over = table5.retained_interval(half | {(1, "c"): 0.5}, oracle)
    assert low < (sum(half.values()) + 0.15) / sum(oracle.values()) < high and over == table5.OVER_BOTH


def test_one_seed_or_other_seeds_leave_an_interval_over_languages():
    oracle = {(0, "a"): 0.4, (0, "b"): 0.8}
    low, high, over = table5.retained_interval({(0, "a"): 0.3, (0, "b"): 0.4}, oracle)
    assert low < 0.7 / 1.2 < high and over == table5.OVER_LANGUAGES
    again = {(seed, lang): value for seed in (1, 2) for (_, lang), value in oracle.items()}
    assert table5.retained_interval({(0, "a"): 0.3, (0, "b"): 0.4}, again) == (
        pytest.approx(low),
        pytest.approx(high),
        over,
    )
    assert table5.retained_interval({(0, "a"): 0.1}, {(0, "a"): 0.2}) == (None, None, ""), "one language"


def test_an_oracle_that_scores_nothing_in_one_language_leaves_an_interval():
    """As mBERT in Amharic, whose script it cannot read: the ratio is of means, so one 0 is a score like others."""
    oracle = {(0, "am"): 0.0, (0, "ha"): 0.8, (0, "yo"): 0.7}
    low, high, _ = table5.retained_interval({(0, "am"): 0.0, (0, "ha"): 0.6, (0, "yo"): 0.6}, oracle)
    assert 0 < low < 1.2 / 1.5 < high
    assert table5.retained_interval(oracle, dict.fromkeys(oracle, 0.0)) == (None, None, "")


@pytest.mark.parametrize(
    ("task", "transfer", "languages", "expected"),
    [
        ("qa", "in-language", ("ar", "en", "ru"), {"en": ("ar", "ru")}),
        ("ner", "in-language", ("am", "ha", "yo"), {"am": ("ha", "yo")}),
        ("ner", "zero-shot", ("am", "en", "ha", "yo"), {"am": ("en", "ha", "yo"), "en": ("am", "ha", "yo")}),
        ("nli", "zero-shot", ("ar", "en", "zh"), {"en": ("ar", "zh")}),
        ("nli", "in-language", ("ar", "en", "zh"), {}),
        ("ner", "in-language", ("ha", "yo"), {}),  # nothing to leave out
        ("qa", "in-language", ("ar", "en"), {}),  # one language is no mean
    ],
)
def test_means_without_a_language_are_given_too(task, transfer, languages, expected):
    about = Condition.parse(ORACLE).columns()
    rows = [
        about | {"run": "x", "study": ["s"], "task": task, "transfer": transfer, "seed": seed, "lang": lang, "n": 9,
                 "metric": PRIMARY_METRIC[task], "value": 0.5 + 0.1 * i + 0.02 * seed, "chance": 0.1}
        for i, lang in enumerate(languages) for seed in (0, 1)
    ]  # fmt: skip
    found = table5.build_without(pa.Table.from_pylist(rows, tables.SCHEMAS["scores"]))
    assert {cell.without: cell.languages for cell in found} == expected
    for cell in found:
        values = [row["value"] for row in rows if row["lang"] != cell.without]
        assert cell.score == pytest.approx(sum(values) / len(values)) and cell.retained == pytest.approx(1)


def test_what_a_random_grouping_keeps_is_given_too(tmp_path):
    plain = RANDOM.replace("random-stratified", "random")
    values = {
        ORACLE: {"ner": 0.8},
        KMEANS: {"ner": 0.6},
        ALIGNED: {"ner": 0.7},
        UNTRAINED: {"ner": 0.5},
        RANDOM: {"ner": 0.4},
    }
    found = {str(cell.condition): cell.retained_by_random for cell in cells_of(tmp_path, values)}
    assert found[KMEANS] == found[ALIGNED] == pytest.approx(0.5)
    assert found[UNTRAINED] is None and found[ORACLE] is None
    (tmp_path / "both").mkdir()
    found = {c.condition: c for c in cells_of(tmp_path / "both", values | {plain: {"ner": 0.2}})}
    assert found[Condition.parse(KMEANS)].retained_by_random == pytest.approx(0.25), "the plainer control goes first"


def test_table5_round_trips_and_keeps_missing_numbers_empty(tmp_path):
    cells = cells_of(tmp_path, {KMEANS: {"ner": 1 / 3}})
    table5.write(cells, tmp_path / "table5.csv")
    header, row, _ = (tmp_path / "table5.csv").read_text().split("\n")
    assert header == ",".join(table5.COLUMNS)
    parts = f"{KMEANS},tiny,8,none,kmeans-cosine,0.05,mlm"
    assert row == f"{parts},ner,f1,in-language,,en+zh,1,{cells[0].score!r},,0.2,,,,,,"
    assert table5.read(tmp_path / "table5.csv") == cells


def test_means_without_a_language_are_read_apart(tmp_path):
    paths, studies = score_files(tmp_path, {ORACLE: {"qa": 0.8}, KMEANS: {"qa": 0.6}}, languages=("ar", "en", "zh"))
    table = scores.collect(paths, "made-up", studies)
    cells, without = table5.build(table), table5.build_without(table)
    assert [cell.without for cell in without] == ["en", "en"]
    table5.write(cells + without, tmp_path / "table5.csv")
    assert table5.read(tmp_path / "table5.csv") == cells
    assert table5.read_without(tmp_path / "table5.csv") == without


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        (["full/mlm d8", "full/mlm d4", "full/none d8"], "tiny/d8/none/full/mlm"),
        (["full/mlm d4", "full/none d8"], "tiny/d4/none/full/mlm"),
        (["full/none d8", "kmeans-cosine-r05/mlm d8"], "tiny/d8/none/full/none"),
        (["kmeans-cosine-r05/mlm d8"], None),
    ],
)
def test_oracle_is_the_pretrained_full_vocabulary_or_else_the_plain_one(there, expected):
    conditions = [Condition.parse(f"tiny/{name.split()[1]}/none/{name.split()[0]}") for name in there]
    others = [Condition.parse("tiny/d16/clsa-all/full/mlm"), Condition.parse("other/d16/none/full/mlm")]
    found = table5.oracle_of([*conditions, *others], "tiny")
    assert (str(found) if found else None) == expected


def test_an_oracle_at_chance_retains_nothing_above_it(tmp_path):
    cells = cells_of(tmp_path, {ORACLE: {"ner": 0.2}, KMEANS: {"ner": 0.1}}, chance=0.2)
    assert [cell.retained_above_chance for cell in cells] == [None, None]
    assert [cell.retained for cell in cells] == [pytest.approx(1), pytest.approx(0.5)]


def test_means_over_different_languages_are_refused(tmp_path):
    paths, studies = score_files(tmp_path, {ORACLE: {"ner": 0.8}, KMEANS: {"ner": 0.8}})
    pq.write_table(pq.read_table(paths[1]).slice(0, 1), paths[1])
    with pytest.raises(InputError, match=r"ner, f1, in-language: .*: only one is scored in zh"):
        table5.build(scores.collect(paths, "made-up", studies))


@pytest.mark.parametrize(
    ("seeds", "languages", "expected"),
    [
        ((0,), "abcde", []),
        ((0, 1), "abcde", ["two seeds"]),
        ((0, 1, 2), "abcde", []),
        ((0,), "abcd", ["three or four languages"]),
        ((0, 1), "ab", ["two seeds", "two languages"]),
        ((0, 1), "a", []),
    ],
)
def test_which_intervals_cover_less(seeds, languages, expected):
    values = {(ORACLE, "nli"): 0.8, (KMEANS, "nli"): 0.6}
    offsets = [0.01 * seed for seed in seeds]
    table = score_table(values, offsets, languages=[(lang, 0.01 * i) for i, lang in enumerate(languages)])
    assert table5.uncovered(table5.build(table)) == expected


def test_every_mean_names_its_languages():
    same = {"NER": ("en", "zh"), "NLI": ("en", "zh")}
    assert table5.languages_of_means(same) == "en zh"
    assert table5.languages_of_means(same | {"QA": ("zh",)}) == "en zh (NER, NLI); zh (QA)"
