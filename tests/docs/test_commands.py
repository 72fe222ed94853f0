"""Every command line that README, docs and configs show would be understood, and names what exists."""

import importlib.util
import re

import pytest
from snakemake.cli import get_argument_parser

from support import ROOT
from support.documented import everywhere, words

PLACEHOLDERS = {"mine.yaml", "your-copy.yaml"}  # of the reader


@pytest.mark.parametrize(("page", "command"), everywhere("snakemake"))
def test_snakemake_takes_files_for_files_and_targets_for_targets(page, command):
    arguments = get_argument_parser().parse_args(words(command)[1:])
    for file in map(str, arguments.configfile or []):
        # --configfile takes every word up to the next option: a target behind it would be read as a file.
        assert file in PLACEHOLDERS or (ROOT / file).is_file(), f"{page}: {command}: no file {file}"
    assert all("=" in pair for pair in arguments.config or [])
    assert not arguments.workflow_profile or (ROOT / arguments.workflow_profile / "config.yaml").is_file()


def test_a_target_behind_configfile_is_told_from_one_before():
    wrong, right = (
        get_argument_parser().parse_args(words(f"snakemake {arguments}")[1:])
        for arguments in ("--configfile config.yaml scores", "scores --configfile config.yaml")
    )
    assert [str(file) for file in wrong.configfile] == ["config.yaml", "scores"] and not wrong.targets
    assert [str(file) for file in right.configfile] == ["config.yaml"] and list(right.targets) == ["scores"]


@pytest.mark.parametrize(("page", "command"), everywhere("make"))
def test_make_has_the_target(page, command):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {word for word in words(command)[1:] if "=" not in word} <= targets, f"{page}: {command}"


@pytest.mark.parametrize(("page", "command"), everywhere("python"))
def test_python_has_the_module(page, command):
    split = words(command)
    assert split[1] == "-m" and importlib.util.find_spec(split[2]), f"{page}: {command}"
    named = [word for word in split[3:] if word.startswith("tests/")]
    assert all((ROOT / word).exists() for word in named), f"{page}: {command}"


def test_help_lists_every_public_target_of_make():
    text = (ROOT / "Makefile").read_text()
    phony = set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split())
    assert set(re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE)) == phony


def test_every_page_of_docs_is_in_the_index():
    index = (ROOT / "docs/index.md").read_text()
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "index.md" or f"]({page.name})" in index
