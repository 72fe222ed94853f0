"""The estimate beside the workflow itself: the same jobs, and a target that runs whenever it is asked for."""

import csv
import re

import pytest
import yaml

from semantic_tokens.config.loading import load
from semantic_tokens.estimate.rules import plan_of
from support.running import copy_project, jobs, snakemake

# Their rules take seconds a job and are left out of the estimate.
UNCOUNTED = ("studies", "analysis", "report", "terms", "targets", "export", "claims")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return copy_project(tmp_path_factory.mktemp("project"))


@pytest.mark.parametrize("name", ["config.yaml", "configs/demo-grid.yaml"])
def test_counts_the_jobs_that_snakemake_would_run(project, name):
    done = snakemake(project, "-n", "--configfile", name, mini=False)
    assert done.returncode == 0, done.stdout
    listed = jobs(done.stdout)
    config = load(yaml.safe_load((project / name).read_text()))
    counted: dict[str, int] = {}
    for job in plan_of(config).jobs.values():
        counted[job.rule] = counted.get(job.rule, 0) + 1
    assert {rule: listed.get(rule) for rule in counted} == counted
    files = [project / "rules" / f"{name}.smk" for name in UNCOUNTED]
    text = "".join(path.read_text() for path in files if path.is_file())
    known = set(re.findall(r"^ *rule (\w+):", text, re.MULTILINE)) | {"all"}
    assert set(listed) - set(counted) <= known, "a rule of another file is missing in the estimate"


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
