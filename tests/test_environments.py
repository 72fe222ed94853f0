"""pyproject.toml is the one source of what is installed: the locks, the conda files and the imports agree with it."""

import ast
import os
import runpy
import subprocess
import sys
from importlib.metadata import packages_distributions

import pytest
import yaml
from packaging.requirements import Requirement

from support import ROOT

ENVS = ROOT / "envs"
LOCKING = runpy.run_path(str(ENVS / "lock.py"))
PROJECT, normal, extra = LOCKING["PROJECT"], LOCKING["normal"], LOCKING["extra"]
LIBRARY = PROJECT["dependencies"]
# Declared and imported by nothing of ours.
NOT_IMPORTED = {
    "protobuf": "transformers reads SentencePiece models with it",
    "snakemake-executor-plugin-slurm": "loaded by Snakemake by name",
    "snakemake-executor-plugin-cluster-generic": "loaded by Snakemake by name",
}

# transformers asks for some of what the workflow uses as well.
WORKFLOW_ONLY = {normal(requirement) for requirement in extra("workflow")} - {"regex", "psutil"}


def pins(lines) -> dict[str, str]:
    pairs = (line.strip().split("==") for line in lines if "==" in line)
    return {name.lower().replace("_", "-"): version for name, version in pairs}


def conda_pins(name: str) -> dict[str, str]:
    dependencies = yaml.safe_load((ENVS / name).read_text())["dependencies"]
    return pins(next(entry["pip"] for entry in dependencies if isinstance(entry, dict)))


LOCK = pins((ENVS / "requirements.lock").read_text().splitlines())


@pytest.mark.parametrize("name", ["cpu.yaml", "gpu.yaml"])
def test_conda_files_agree_with_the_lock(name):
    locked = {package: version for package, version in conda_pins(name).items() if package != "cuml-cu13"}
    assert len(locked) > 15
    assert locked == {package: LOCK[package] for package in locked}


def test_cuml_is_in_the_gpu_environment_only():
    assert "cuml-cu13" in conda_pins("gpu.yaml")
    assert "cuml-cu13" not in conda_pins("cpu.yaml") and "cuml-cu13" not in LOCK


def test_no_line_of_the_lock_carries_an_address_or_a_file():
    assert not [line for line in LOCK.values() if "/" in line or "+" in line]


def test_the_conda_files_are_what_make_lock_writes():
    for path, text in LOCKING["conda_files"](LOCKING["pins"](ENVS / "requirements.lock")).items():
        assert path.read_text() == text, f"{path.name}: run `make lock`"


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("requirements.lock", LIBRARY + extra("workflow", "onnx", "dev")),
        ("bench.lock", extra("bench")),
        ("docs.lock", extra("docs")),
    ],
)
def test_each_lock_meets_what_pyproject_asks_for(lock, requirements):
    locked = pins((ENVS / lock).read_text().splitlines())
    for requirement in map(Requirement, requirements):
        assert requirement.specifier.contains(locked[normal(requirement.name)]), f"{requirement}: run `make lock`"


def imported(folder) -> set[str]:
    """Normalised names of the packages that the modules below a folder import, wherever in the module."""
    names = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names.add(node.module.split(".")[0])
    packages = packages_distributions()
    ours = {"semantic_tokens", "steps"}
    return {
        normal(package) for name in names - sys.stdlib_module_names - ours for package in packages.get(name, [name])
    }


def test_what_the_code_imports_is_declared_and_what_is_declared_is_imported():
    library = ROOT / "workflow_scripts"
    needed = {normal(requirement) for requirement in LIBRARY + extra("workflow")}
    optional = {normal(requirement) for requirement in extra("bench")} | {"cuml", "cupy"}  # the extra gpu
    found = imported(library)
    assert found - needed - optional <= {"pydantic-core", "markupsafe"}, "come with pydantic and Jinja2"
    assert needed - found == set(NOT_IMPORTED)


IMPORT_LIBRARY = """
import importlib, pkgutil, sys
import semantic_tokens.grouping, semantic_tokens.models.export.compact, semantic_tokens.alignment.infonce
import semantic_tokens.tool, semantic_tokens.sources.fetch.obtain
for package in (semantic_tokens.grouping, semantic_tokens.tool):
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""


def test_groupings_exported_models_and_the_command_need_no_package_of_the_workflow():
    environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow_scripts")}
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_LIBRARY], env=environment, text=True, capture_output=True, check=True
    )
    loaded = set(done.stdout.split())
    assert {"torch", "transformers", "semantic_tokens"} <= loaded
    modules = {name for name, found in packages_distributions().items() if {normal(p) for p in found} & WORKFLOW_ONLY}
    assert {"snakemake", "matplotlib", "sklearn", "faiss", "umap"} <= modules
    assert not loaded & modules
