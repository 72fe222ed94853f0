"""Text is UTF-8 whatever the machine's locale: ruff (PLW1514) sees to it, where it can tell the type of a path."""

import ast

import pytest

from support import ROOT

PLACES = {"read_text": 0, "write_text": 1}  # where `encoding` stands among the positional arguments


def silent(source: str) -> list[int]:
    """Lines of calls that leave the encoding to the machine."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and len(node.args) <= PLACES.get(node.func.attr, -1)
        and "encoding" not in {keyword.arg for keyword in node.keywords}
    ]


@pytest.mark.parametrize("call", ["p.read_text()", "p.write_text(t)", "a.b(c).read_text(errors='strict')"])
def test_a_call_without_encoding_is_seen(call):
    assert silent(call) == [1]


@pytest.mark.parametrize("call", ["p.read_text('utf-8-sig')", "p.write_text(t, encoding='utf-8')", "p.read_bytes()"])
def test_one_with_it_and_one_of_bytes_pass(call):
    assert silent(call) == []


def test_every_call_of_the_library_and_its_steps_names_its_encoding():
    files = sorted((ROOT / "workflow_scripts").rglob("*.py"))
    assert len(files) > 300
    found = {path.name: lines for path in files if (lines := silent(path.read_text(encoding="utf-8")))}
    assert found == {}
