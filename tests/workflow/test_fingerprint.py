import re
from pathlib import Path

import pytest

from semantic_tokens.fine_tuning.task import Task
from semantic_tokens.workflow import fingerprint as module
from semantic_tokens.workflow.fingerprint import fingerprint, imported_modules, meaning
from support import ROOT, STEPS

LIBRARY = ROOT / "workflow_scripts/semantic_tokens"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package `semantic_tokens` of three modules: step -> a -> b; c is imported by nobody."""
    root = tmp_path / "semantic_tokens"
    root.mkdir()
    (root / "__init__.py").write_text("")
    (root / "a.py").write_text("from semantic_tokens.b import one\n\n\ndef two():\n    return one() + one()\n")
    (root / "b.py").write_text('"""One."""\n\n\ndef one():\n    """The number one."""\n    return 1  # really\n')
    (root / "c.py").write_text("three = 3\n")
    step = tmp_path / "step.py"
    step.write_text("def run():\n    from semantic_tokens.a import two\n\n    return two()\n")
    monkeypatch.setattr(module, "_PACKAGE", root)
    return tmp_path


def digest(package: Path, *modules: str) -> str:
    meaning.cache_clear()
    imported_modules.cache_clear()
    return fingerprint(package / "step.py", *modules)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new"),
    [("  # really", ""), ('    """The number one."""\n', ""), ("\n\n\ndef", "\n\ndef"), ("return 1", "return (1)")],
)
def test_comments_docstrings_and_formatting_mean_nothing(package, old, new):
    before = digest(package)
    change(package / "semantic_tokens/b.py", old, new)
    assert digest(package) == before


@pytest.mark.parametrize("shown", ["title", "about", "place", "texts", "windows"])
def test_what_only_pages_show_of_a_task_means_nothing(package, shown):
    assert shown in Task.__dataclass_fields__
    declared = package / "semantic_tokens/b.py"
    declared.write_text(f"{declared.read_text()}\nTASK = Task(name='one', {shown}='One')\n")
    before = digest(package)
    change(declared, "='One'", "='Another'")
    assert digest(package) == before
    change(declared, "name='one'", "name='other'")
    assert digest(package) != before


def test_no_training_reads_what_only_pages_show():
    """Else an edit of it would leave old scores in place."""
    shown = re.compile(rf"\b(?:task|own|TASK|one)\.(?:{'|'.join(module._SHOWN)})\b")
    trained = [*(LIBRARY / "fine_tuning").rglob("*.py"), *(LIBRARY / "tasks").glob("[a-z]*.py"), *STEPS.values()]
    assert [path.name for path in trained if shown.search(path.read_text())] == []


def test_code_reached_through_imports_counts_and_other_code_does_not(package):
    before = digest(package)
    change(package / "semantic_tokens/c.py", "3", "4")
    assert digest(package) == before
    change(package / "semantic_tokens/b.py", "return 1", "return 2")
    assert digest(package) != before


def test_a_module_imported_by_name_at_run_time_counts_when_named(package):
    before = digest(package, "semantic_tokens.c")
    change(package / "semantic_tokens/c.py", "3", "4")
    assert digest(package, "semantic_tokens.c") != before


def test_the_step_itself_counts(package):
    before = digest(package)
    change(package / "step.py", "return two()", "return two() + 1")
    assert digest(package) != before


def test_a_grouping_method_is_not_part_of_another_methods_fingerprint():
    one, other = (fingerprint(STEPS["group"], f"semantic_tokens.grouping.methods.{m}") for m in ("random", "first"))
    assert one != other
