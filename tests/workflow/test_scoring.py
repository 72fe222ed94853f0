"""Which tasks share a process and a file of scores: those of a bundle that have none yet."""

from pathlib import Path

import pytest

from semantic_tokens.conditions import Condition, Unit
from semantic_tokens.workflow.layout import Layout
from semantic_tokens.workflow.scoring import Scoring, shared_out

BUNDLES = [["ner", "rerank"], ["nli", "qa", "retrieval"]]
CONDITION = Condition.parse("tiny-bert/d128/none/kmeans-cosine-r05/mlm")
FOLDER = Path(f"results/demo/conditions/{CONDITION}/scores")
LAYOUT = Layout("demo")


def units(**tasks_of_studies):
    wanted = {}
    for study, tasks in tasks_of_studies.items():
        for task in tasks:
            unit = Unit(task, "in-language", 0)
            wanted[unit] = (*wanted.get(unit, ()), study)
    return {CONDITION: wanted}


def names(paths):
    return [Path(path).name for path in paths]


@pytest.fixture(autouse=True)
def _inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(*tasks):
    FOLDER.mkdir(parents=True, exist_ok=True)
    for one in tasks:
        (FOLDER / f"{one}@in-language#0.parquet").touch()


def test_wanted_tasks_of_a_bundle_share_a_file():
    assert shared_out({"ner", "rerank", "qa"}, BUNDLES, []) == [("ner", "rerank"), ("qa",)]


def test_what_is_written_is_kept_and_only_missing_tasks_are_scored():
    assert shared_out({"nli", "qa", "retrieval"}, BUNDLES, [("qa",)]) == [("qa",), ("nli", "retrieval")]


def test_each_task_is_taken_from_one_file_the_largest_first():
    written = [("nli",), ("nli", "qa"), ("qa", "retrieval")]
    assert shared_out({"nli", "qa", "retrieval"}, BUNDLES, written) == [("nli", "qa"), ("retrieval",)]


def test_a_file_of_tasks_that_no_bundle_allows_is_not_used():
    assert shared_out({"ner", "nli"}, BUNDLES, [("ner", "nli")]) == [("ner",), ("nli",)]
    assert shared_out({"ner"}, BUNDLES, [("gone",), ("ner", "gone")]) == [("ner",)]


def test_of_two_files_the_one_with_fewer_tasks_that_nobody_wants_counts():
    assert shared_out({"nli"}, BUNDLES, [("nli", "qa", "retrieval"), ("nli",)]) == [("nli",)]


def test_a_file_without_a_wanted_task_is_not_asked_for():
    assert shared_out({"ner"}, BUNDLES, [("rerank",), ("qa",)]) == [("ner",)]


@pytest.mark.parametrize(
    "written", [[], [("qa",)], [("nli", "qa"), ("qa", "retrieval")], [("ner", "rerank"), ("ner",)]]
)
@pytest.mark.parametrize("wanted", [{"ner"}, {"ner", "qa"}, {"ner", "rerank", "nli", "qa", "retrieval"}])
def test_the_choice_is_the_same_once_its_files_are_written(written, wanted):
    chosen = shared_out(wanted, BUNDLES, written)
    assert sorted(shared_out(wanted, BUNDLES, [*written, *chosen])) == sorted(chosen)
    assert wanted <= {task for tasks in chosen for task in tasks}


def test_one_more_task_in_a_study_does_not_score_the_others_again():
    assert names(Scoring(LAYOUT, units(x=["nli", "qa"]), BUNDLES).files("studies/x")) == [
        "nli+qa@in-language#0.parquet"
    ]
    write("nli+qa")
    more = Scoring(LAYOUT, units(x=["nli", "qa", "retrieval"]), BUNDLES)
    assert names(more.files("studies/x")) == ["nli+qa@in-language#0.parquet", "retrieval@in-language#0.parquet"]


def test_one_fewer_task_keeps_the_file():
    write("nli+qa")
    assert names(Scoring(LAYOUT, units(x=["qa"]), BUNDLES).files("studies/x")) == ["nli+qa@in-language#0.parquet"]


def test_a_unit_is_in_one_file_whichever_study_asks():
    scoring = Scoring(LAYOUT, units(x=["nli", "qa"], y=["nli"]), BUNDLES)
    assert scoring.files("studies/y") == scoring.files("studies/x") == scoring.files("tables")
    assert scoring.wanted("studies/y") == {f"{CONDITION}/nli@in-language#0": ["x", "y"]}
    assert len(scoring.wanted("tables")) == 2


def test_files_written_during_a_run_do_not_change_its_plan():
    scoring = Scoring(LAYOUT, units(x=["nli", "qa"]), BUNDLES)
    before = scoring.files("studies/x")
    write("nli")
    assert scoring.files("studies/x") == before


def test_a_unit_that_no_study_wants_is_scored_alone():
    scoring = Scoring(LAYOUT, units(x=["nli", "qa"]), BUNDLES)
    assert names([scoring.file(CONDITION, Unit("ner", "in-language", 0))]) == ["ner@in-language#0.parquet"]
    assert names([scoring.file(CONDITION, Unit("nli", "zero-shot", 1))]) == ["nli@zero-shot#1.parquet"]
    assert names([scoring.file(CONDITION, Unit("nli", "in-language", 0))]) == ["nli+qa@in-language#0.parquet"]


def test_what_is_wanted_of_a_condition_is_scored_in_one_process_and_nothing_else():
    wanted = [Unit(task, "zero-shot", 0) for task in ("nli", "retrieval", "rerank")] + [Unit("qa", "zero-shot", 1)]
    scoring = Scoring(LAYOUT, {CONDITION: dict.fromkeys(wanted, ("x",))}, BUNDLES)

    def scored_with(*unit):
        return names([scoring.file(CONDITION, Unit(*unit))])[0].partition("@")[0].split("+")

    assert scored_with("retrieval", "zero-shot", 0) == ["nli", "retrieval"]
    assert scored_with("nli", "zero-shot", 0) == ["nli", "retrieval"]
    assert scored_with("rerank", "zero-shot", 0) == ["rerank"]
    assert scored_with("qa", "zero-shot", 1) == ["qa"]
    assert scored_with("qa", "zero-shot", 0) == ["qa"], "not wanted, so it joins no other's file"
