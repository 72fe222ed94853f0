"""The workflow as a module of another one, which runs in a folder of its own."""

import shutil

import pytest

from support.running import MINI, copy_project, jobs, snakemake

OUTER = """
configfile: "config.yaml"

module semantic_tokens:
    snakefile: "{snakefile}"
    config: config["tokens"]

use rule * from semantic_tokens as tokens_*
"""


@pytest.fixture(scope="module")
def outer(tmp_path_factory):
    """(the project, a folder elsewhere whose workflow uses it, with the config below a key)."""
    project, folder = (tmp_path_factory.mktemp(name) for name in ("project", "outer"))
    copy_project(project)
    (folder / "Snakefile").write_text(OUTER.format(snakefile=project / "Snakefile"))
    mini = MINI.read_text(encoding="utf-8").splitlines()
    (folder / "config.yaml").write_text("\n".join(["tokens:", *(f"  {line}" for line in mini)]), encoding="utf-8")
    return project, folder


def test_a_module_has_the_same_jobs(outer):
    project, folder = outer
    alone = jobs(snakemake(project, "-n", "all", "claims").stdout)
    done = snakemake(folder, "-n", "tokens_all", "tokens_claims", "--cores", "1", mini=False)
    assert done.returncode == 0, done.stdout
    found = jobs(done.stdout)
    assert len(alone) > 20
    assert {name.removeprefix("tokens_"): count for name, count in found.items()} == alone


def test_a_job_of_a_module_writes_into_the_folder_of_the_other_workflow(outer):
    project, folder = outer
    done = snakemake(folder, "results/mini/data/nli.parquet", "--cores", "1", mini=False)
    assert done.returncode == 0, done.stdout
    assert (folder / "results/mini/data/nli.parquet").exists() and not (project / "results").exists()


def test_an_error_in_its_config_is_one_line(outer, tmp_path):
    _, folder = outer
    shutil.copytree(folder, tmp_path / "wrong", ignore=shutil.ignore_patterns("results", ".snakemake"))
    config = tmp_path / "wrong/config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("articles: 80", "articles: many"), encoding="utf-8")
    done = snakemake(tmp_path / "wrong", "-n", "--cores", "1", mini=False)
    assert done.returncode != 0
    assert "config: data.articles = 'many': must be an integer\n" in done.stdout and "Traceback" not in done.stdout
