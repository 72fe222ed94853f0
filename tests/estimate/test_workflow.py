"""The estimate beside the workflow itself: the same jobs, and a target that runs whenever it is asked for."""

import csv
from collections import Counter

import pytest
import yaml

from semantic_tokens.config.loading import load
from semantic_tokens.config.selected import conditions
from semantic_tokens.estimate import dag
from semantic_tokens.estimate.formulas import FORMULAS, FREE, UNKNOWN, unknown
from semantic_tokens.estimate.plan import on_demand, plan_of
from support import ROOT, STEPS
from support.running import copy_project, jobs, snakemake


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return copy_project(tmp_path_factory.mktemp("project"))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["config.yaml", "configs/demo-grid.yaml"])
def test_counts_the_jobs_that_snakemake_would_run(project, name):
    done = snakemake(project, "-n", "--configfile", name, mini=False)
    assert done.returncode == 0, done.stdout
    listed = jobs(done.stdout)
    config = load(yaml.safe_load((project / name).read_text()))
    plan = plan_of(config)
    counted = Counter(job.rule for job in plan.jobs.values())
    assert {rule: listed.get(rule) for rule in counted} == counted
    assert {rule: number for rule, number in listed.items() if rule not in counted} == {**plan.free, "all": 1}
    assert set(plan.free) <= set(FREE), "a rule is missing in the estimate"
    assert not plan.unknown


def test_every_step_has_one_formula_or_says_why_not():
    declared = [*FORMULAS, *FREE, *UNKNOWN]
    assert not set(STEPS) - set(declared), "a step without a formula: give it one, or say in FREE or UNKNOWN why not"
    assert len(declared) == len(set(declared))
    assert all([*FREE.values(), *UNKNOWN.values()]), "each with its reason"
    assert unknown("a_step_of_tomorrow") == "it has no formula"


def test_what_runs_on_demand_is_counted_apart_and_what_nobody_timed_is_named():
    config = load(yaml.safe_load((ROOT / "config.yaml").read_text()))
    whole, targets = plan_of(config), on_demand(config)
    assert set(targets) == {"geometry", "probing", "transfer", "before_after", "efficiency"}
    # The page opens with the table of the encoder that is inspected; all else is only made on demand.
    opened = {f"conditions/e5/d384/{alignment}/full/none/geometry/measures.csv" for alignment in ("none", "clsa-all")}
    assert {job.output for job in whole.jobs.values() if job.stage in targets} == opened
    assert targets["probing"].unknown == {"probe_hidden_states": len(conditions(config.probing))}
    timed = [job for job in targets["efficiency"].jobs.values() if job.rule == "measure_efficiency"]
    ours, library = (sum(job.work for job in timed if f"/{name}-" in job.output) for name in ("ours", "library"))
    assert len(timed) == 18 and ours < library, "which has the logits of all tokens"


@pytest.mark.slow
def test_the_dag_is_read_beside_a_run_that_holds_the_lock(project):
    """Whatever outputs are there, every job is listed, and nothing changes."""
    raw = yaml.safe_load((ROOT / "tests/support/mini.yaml").read_text())
    config = load(raw | {"run": raw["run"] | {"name": "locked"}})
    before = dag.resolve(config, project / "Snakefile")
    for name in list(before.jobs)[:10]:
        path = project / "results/locked" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    held = [project / ".snakemake/locks" / f"0.{kind}.lock" for kind in ("input", "output")]
    for lock in held:
        lock.parent.mkdir(parents=True, exist_ok=True)
        lock.write_text("\n".join(f"results/locked/{name}" for name in before.jobs))
    files = {path: path.stat().st_mtime_ns for path in (project / "results").rglob("*")}
    dag._resolved.cache_clear()
    assert dag.resolve(config, project / "Snakefile").jobs.keys() == before.jobs.keys()
    assert files == {path: path.stat().st_mtime_ns for path in (project / "results").rglob("*")}
    assert sorted(held[0].parent.iterdir()) == held
    for lock in held:
        lock.unlink()


@pytest.mark.slow
def test_the_target_prints_a_table_and_writes_it_each_time(project):
    for gpus in (2, 3):
        done = snakemake(project, "estimate", "--config", f"compute={{device: cuda, gpus: {gpus}}}")
        assert done.returncode == 0, done.stdout
        assert f"on {gpus} x " in done.stdout and "speed is" in done.stdout
        assert jobs(done.stdout) == {"estimate": 1}
    with (project / "results/mini/tables/estimate.csv").open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [row["name"] for row in rows if row["scope"] == "study"] == ["main", "english"]
    assert not (project / "results/mini/data").exists(), "nothing else runs"
