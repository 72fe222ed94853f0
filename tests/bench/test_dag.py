"""The rows dag-* of `make bench`: what they say where nothing can be measured, and the start-up of one real job."""

import pytest

from semantic_tokens.bench import dag


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """In an empty folder; collects what is asked of Snakemake, which answers `said`."""
    monkeypatch.chdir(tmp_path)
    calls, said = [], ["Nothing to be done (all requested files are present and up to date)."]

    def snakemake(*arguments, folder=None):
        calls.append(arguments)
        return said[0]

    monkeypatch.setattr(dag, "snakemake", snakemake)
    return calls, said


def test_without_a_demo_noop_is_left_out_with_a_line(asked, capsys):
    assert dag.comparison("dag-noop", full=False) is None
    assert capsys.readouterr().out.startswith("dag-noop skipped: the demo is unfinished")
    assert asked[0] == []


def test_noop_is_measured_where_nothing_is_to_be_done_and_nowhere_else(asked):
    calls, said = asked
    dag.PAGE.parent.mkdir(parents=True)
    dag.PAGE.touch()
    row = dag.comparison("dag-noop", full=False)
    assert row is not None and row.peer == ""
    row.ours()
    assert calls == [("-n",), ("--cores", "2")]
    said[0] = "Job stats: 3"
    assert dag.comparison("dag-noop", full=False) is None


def test_the_other_rows_ask_for_no_demo(asked):
    paper, startup = (dag.comparison(name, full=False) for name in ("dag-paper", "dag-startup"))
    assert asked[0] == []
    paper.ours()
    assert asked[0] == [("table5", "-n", "--configfile", "configs/paper.yaml")]
    assert (paper.name, startup.name) == ("dag-paper", "dag-startup")


def test_startup_is_the_best_of_three_less_its_imports(monkeypatch):
    runs = iter([(3.0, 1.0), (5.0, 4.5), (9.0, 5.0)])
    monkeypatch.setattr(dag, "one_job", lambda: next(runs))
    assert dag.comparison("dag-startup", full=False).measures() == {"startup_s": 0.5}


def test_one_real_job_tells_its_age_and_its_imports(monkeypatch):
    heavy = "import torch, transformers"
    assert heavy in dag.STEP
    monkeypatch.setattr(dag, "STEP", dag.STEP.replace(heavy, "time.sleep(0.3)"))
    age, imported = dag.one_job()
    assert 0.3 <= imported < age


def test_a_failing_run_shows_the_end_of_what_it_printed(tmp_path):
    with pytest.raises(RuntimeError, match=r"(?s)snakemake -n failed:.*Snakefile"):
        dag.snakemake("-n", folder=tmp_path)
