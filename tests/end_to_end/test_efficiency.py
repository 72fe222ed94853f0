"""Table 3 as a target: only where it is asked for, and never for the claims unless the config says so. Dry runs."""

import pytest

from support.running import copy_project, jobs, snakemake

CONFIG = ("--configfile", "configs/demo-grid.yaml")  # which has no such section
SECTION = "efficiency={ratios: {768: [100, 5], 32: [5]}, batch_size: 1, sequence_length: 8, steps: 1}"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return copy_project(tmp_path_factory.mktemp("project"))


def test_without_its_section_the_target_says_what_to_add(project):
    done = snakemake(project, "table3", "-n", *CONFIG, mini=False)
    assert done.returncode != 0
    assert "the config has no section `efficiency`: add `efficiency: {ratios:" in done.stdout


def test_every_row_is_measured_in_two_separate_processes(project):
    done = snakemake(project, "efficiency", "-n", *CONFIG, "--config", SECTION, mini=False)
    assert done.returncode == 0, done.stdout
    assert jobs(done.stdout) == {"measure_efficiency": 6, "write_efficiency": 1, "efficiency": 1}


@pytest.mark.parametrize(("asked", "measured"), [("[]", None), ("[efficiency]", 6)])
def test_claims_are_judged_by_it_only_where_the_config_names_it(project, asked, measured):
    given = SECTION, f"claims={{measured_by: {asked}}}"
    done = snakemake(project, "claims", "-n", *CONFIG, "--config", *given, mini=False)
    assert done.returncode == 0, done.stdout
    assert jobs(done.stdout).get("measure_efficiency") == measured and jobs(done.stdout)["judge_claims"] == 1
