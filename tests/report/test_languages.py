"""Correlations of drops by hand and against scipy, where they are not measured, and Figure 10's bytes."""

import pyarrow.parquet as pq
import pytest
from scipy import stats

from semantic_tokens.conditions import Condition
from semantic_tokens.fine_tuning.scores import ScoreRow, score_table
from semantic_tokens.report import PRIMARY_METRIC, languages, scores
from semantic_tokens.report.figures import figure10

ORACLE = "tiny/d8/none/full/mlm"
GROUPED = "tiny/d8/none/kmeans-cosine-r05/mlm"
LANGUAGES = ("en", "es", "ru", "zh")


def score_tables(folder, values, transfer="in-language"):
    """The score table of {condition: {task: [{language: score}, one for each seed]}}."""
    paths, studies = [], {}
    for condition, by_task in values.items():
        for task, seeds in by_task.items():
            for seed, found in enumerate(seeds):
                rows = {task: [ScoreRow(lang, PRIMARY_METRIC[task], value, 0.1, 10) for lang, value in found.items()]}
                paths.append(folder / f"{len(paths)}.parquet")
                pq.write_table(score_table(Condition.parse(condition), transfer, seed, rows), paths[-1])
                studies[f"{condition}/{task}@{transfer}#{seed}"] = ["main"]
    return scores.collect(paths, "made-up", studies)


def by_language(*values):
    return dict(zip(LANGUAGES, values))


ALIKE = {  # relative drops of retrieval .1 .2 .3 .4, of reranking .2 .25 .3 .4, of NLI falling
    ORACLE: {
        "retrieval": [by_language(0.5, 0.5, 0.8, 0.4)],
        "rerank": [by_language(1.0, 0.8, 0.6, 0.5)],
        "nli": [by_language(0.8, 0.8, 0.8, 0.8)],
    },
    GROUPED: {
        "retrieval": [by_language(0.45, 0.4, 0.56, 0.24)],
        "rerank": [by_language(0.8, 0.6, 0.42, 0.3)],
        "nli": [by_language(0.4, 0.5, 0.6, 0.7)],
    },
}


def found_in(table):
    return {row.pair: row for row in languages.correlate(table)}


def test_drops_are_relative_to_the_oracle_of_each_language(tmp_path):
    found = found_in(score_tables(tmp_path, ALIKE))
    expected = stats.pearsonr([0.1, 0.2, 0.3, 0.4], [0.2, 0.25, 0.3, 0.4], alternative="greater")
    assert found["II"].languages == LANGUAGES
    assert (found["II"].rho, found["II"].p) == (pytest.approx(expected.statistic), pytest.approx(expected.pvalue))
    assert (found["I (a)"].rho, found["I (a)"].p) == (pytest.approx(-1), pytest.approx(1))  # one-tailed: greater


def test_a_row_for_every_pair_of_a_grouped_condition_and_none_for_the_oracle(tmp_path):
    found = languages.correlate(score_tables(tmp_path, ALIKE))
    assert [(str(row.condition), row.pair) for row in found] == [(GROUPED, pair) for pair, _, _ in languages.PAIRS]
    assert [row.rho is None for row in found] == [False, True, False, False, True]  # QA is not scored
    assert found[1].languages == ()


def test_seeds_are_averaged_before_the_drop(tmp_path):
    seeds = {condition: dict(by_task) for condition, by_task in ALIKE.items()}
    seeds[GROUPED]["retrieval"] = [by_language(0.35, 0.4, 0.5, 0.2), by_language(0.55, 0.4, 0.62, 0.28)]
    assert found_in(score_tables(tmp_path, seeds))["II"].rho == pytest.approx(
        stats.pearsonr([0.1, 0.2, 0.3, 0.4], [0.2, 0.25, 0.3, 0.4]).statistic
    )


def test_only_languages_of_both_tasks_where_the_oracle_scores(tmp_path):
    values = {condition: dict(by_task) for condition, by_task in ALIKE.items()}
    for condition in values:
        values[condition]["nli"] = [{lang: s for lang, s in values[condition]["nli"][0].items() if lang != "en"}]
    values[ORACLE]["rerank"] = [by_language(1.0, 0.0, 0.6, 0.5)]
    found = found_in(score_tables(tmp_path, values))
    assert found["I (a)"].languages == ("es", "ru", "zh") and found["I (a)"].rho is not None
    assert found["II"].languages == ("en", "ru", "zh")
    assert found["III (a)"].languages == ("ru", "zh") and found["III (a)"].rho is None, "two points are on a line"


def test_the_same_drop_everywhere_has_no_correlation(tmp_path):
    values = ALIKE | {GROUPED: ALIKE[GROUPED] | {"nli": [by_language(0.4, 0.4, 0.4, 0.4)]}}
    assert found_in(score_tables(tmp_path, values))["I (a)"].rho is None


def test_without_an_oracle_nothing_is_measured(tmp_path):
    assert languages.correlate(score_tables(tmp_path, {GROUPED: ALIKE[GROUPED]})) == []


def test_correlations_read_back(tmp_path):
    found = languages.correlate(score_tables(tmp_path, ALIKE))
    languages.write(found, tmp_path / "languages.csv")
    assert languages.read(tmp_path / "languages.csv") == found


def test_figure_10_has_the_same_bytes_twice_and_a_dash_where_nothing_was_measured(tmp_path):
    other = {GROUPED.replace("r05", "r20"): ALIKE[GROUPED], GROUPED.replace("none/k", "clsa-all/k"): ALIKE[GROUPED]}
    found = languages.correlate(score_tables(tmp_path, ALIKE | other))
    for run in ("a", "b"):
        figure10.draw(found, tmp_path / f"{run}.svg", tmp_path / f"{run}.png")
    for kind in ("svg", "png"):
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()
    drawn = (tmp_path / "a.svg").read_text()
    assert ">tiny, d = 8, K-Means + CLSA (all), in-language<" in drawn and ">–<" in drawn
    assert "20%" in drawn and "date" not in drawn


def test_a_cell_of_figure_10_says_its_numbers(tmp_path):
    figure10.draw(languages.correlate(score_tables(tmp_path, ALIKE)), tmp_path / "f.svg")
    drawn = (tmp_path / "f.svg").read_text()
    assert (
        "<title>II: Retrieval, Reranking, 5%\nρ = 0.98, one-tailed p = 0.009\n4 languages: en es ru zh</title>" in drawn
    )


def test_figure_10_of_nothing_says_so(tmp_path):
    figure10.draw([], tmp_path / "f.svg", tmp_path / "f.png")
    assert "not measured" in (tmp_path / "f.svg").read_text()
