"""Links and navigation of the documentation."""

import shutil

import pytest

from support import ROOT
from support.links import broken


def test_every_link_leads_somewhere():
    assert broken(ROOT) == []


@pytest.mark.parametrize(
    ("page", "text", "said"),
    [
        ("README.md", "[a](docs/nowhere.md)", "README.md: docs/nowhere.md"),
        ("docs/index.md", "[a](../README.md)", "docs/index.md: ../README.md"),
        ("docs/index.md", "[a](commands.md#no-such-heading)", "docs/index.md: commands.md#no-such-heading"),
        ("docs/api.md", "::: semantic_tokens.nowhere.nothing", "docs/api.md: semantic_tokens.nowhere.nothing"),
        ("docs/another.md", "Text", "mkdocs.yml: another.md"),
        ("mkdocs.yml", "  - missing.md", "mkdocs.yml: missing.md"),
    ],
)
def test_a_link_to_nothing_is_found(page, text, said, tmp_path):
    for part in ("docs", "workflow_scripts"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (*ROOT.glob("*.md"), ROOT / "mkdocs.yml", ROOT / "LICENSE", ROOT / "CITATION.cff"):
        shutil.copy(path, tmp_path)
    with (tmp_path / page).open("a", encoding="utf-8") as file:
        file.write(f"\n{text}\n")
    assert said in broken(tmp_path)
