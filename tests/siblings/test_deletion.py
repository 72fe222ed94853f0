"""A sibling can be deleted: the rest works without its folders, its doc, the links to that and one line of the
Snakefile."""

import re
import shutil
import subprocess
import sys

import pytest
import yaml

from semantic_tokens import siblings
from support import ROOT
from support.links import broken
from support.running import copy_project, jobs, snakemake

NAMES = tuple(siblings.found())
IMPORT_ALL = """
import importlib, pkgutil, semantic_tokens
for module in pkgutil.walk_packages(semantic_tokens.__path__, "semantic_tokens."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


def without(name, folder):
    """A copy of the project in which the sibling is deleted."""
    project = copy_project(folder)
    shutil.rmtree(project / "workflow_scripts/semantic_tokens/siblings" / name)
    shutil.rmtree(project / "workflow_scripts/steps/siblings" / name)
    (project / f"rules/siblings/{name}.smk").unlink()
    snakefile = (project / "Snakefile").read_text(encoding="utf-8")
    line = f'include: "rules/siblings/{name}.smk"\n'
    assert snakefile.count(line) == 1
    (project / "Snakefile").write_text(snakefile.replace(line, ""), encoding="utf-8")
    shutil.copytree(ROOT / "docs", project / "docs")
    (project / f"docs/{name}.md").unlink()
    shutil.copy(ROOT / "CITATION.cff", project)
    for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "mkdocs.yml"):
        if page.name != f"{name}.md":
            text = unlinked(page.read_text(encoding="utf-8"), name)
            (project / page.relative_to(ROOT)).write_text(text, encoding="utf-8")
    return project


def unlinked(text, name):
    """A page without what is about the sibling alone, an entry of a list or the row of its target; other links to its
    doc are mere words."""
    about = rf"(?: *- (?:\[[^]]*\]\()?{name}\.md|\| `\.venv/bin/snakemake {name}` )[^\n]*\n"
    return re.sub(rf"\[([^]]*)\]\((?:docs/)?{name}\.md[^)]*\)", r"\1", re.sub(rf"^{about}", "", text, flags=re.M))


@pytest.fixture(scope="module", params=NAMES)
def deleted(request, tmp_path_factory):
    return request.param, without(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture
def config(deleted, tmp_path):
    """The default config without the section of the deleted sibling."""
    given = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    del given[deleted[0]]
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(given), encoding="utf-8")
    return "--configfile", str(tmp_path / "config.yaml")


@pytest.mark.slow
def test_all_and_the_other_siblings_and_what_is_beside_scores_list_the_same_jobs(deleted, config):
    name, project = deleted
    others = [other for other in NAMES if other != name]
    done = snakemake(project, "-n", "all", *others, "before_after", *config, mini=False)
    assert done.returncode == 0, done.stdout
    found = jobs(done.stdout)
    assert {"write_report", "write_before_after", *(f"draw_{other}" for other in others)} <= set(found)
    assert not any(name in rule for rule in found)


@pytest.mark.slow
def test_every_module_is_imported(deleted):
    _, project = deleted
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL],
        env={"PYTHONPATH": str(project / "workflow_scripts"), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_documentation_has_no_link_to_it(deleted):
    name, project = deleted
    assert broken(project) == []
    pages = [project / "mkdocs.yml", *project.glob("*.md"), *project.glob("docs/*.md")]
    assert [str(page) for page in pages if f"{name}.md" in page.read_text(encoding="utf-8")] == []


@pytest.mark.slow
def test_a_config_that_still_has_the_section_gets_one_clear_line(deleted):
    name, project = deleted
    done = snakemake(project, "-n", "--configfile", "config.yaml", mini=False)
    allowed = ", ".join(other for other in NAMES if other != name)
    assert done.returncode != 0
    assert f"config.yaml: {name}: unknown key; " in done.stdout and f"expect_claims, {allowed}\n" in done.stdout
    assert "Traceback" not in done.stdout


def test_nothing_outside_a_slice_names_it():
    """But the registry of targets that claims are judged by, in configs and documents."""
    elsewhere = [
        path
        for folder in ("rules", "workflow_scripts")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".smk", ".j2") and "siblings" not in path.relative_to(ROOT).parts
    ]
    assert len(elsewhere) > 200
    naming = {
        f"{path.relative_to(ROOT)}: siblings.{name}"
        for path in elsewhere
        for name in NAMES
        if any(f"siblings{mark}{name}" in path.read_text(encoding="utf-8") for mark in "./")
    }
    assert naming == set()
