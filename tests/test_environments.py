"""The conda files and the pip lock must name the same versions."""

import pytest
import yaml

from support import ROOT

ENVS = ROOT / "envs"


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
