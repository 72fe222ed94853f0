"""Imports of the library: no circle, none up the order that ARCHITECTURE.md lists, none of a step or of `bench`."""

import ast
import re
from functools import cache
from graphlib import TopologicalSorter

from support import ROOT

SCRIPTS = ROOT / "workflow_scripts"
PACKAGE = "semantic_tokens"


def order():
    """The list in ARCHITECTURE.md from the bottom up: name -> rank."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    block = re.search(r"^Imports run one way, down this list.*?\n\n((?:    [^\n]+\n)+)", text, re.MULTILINE | re.DOTALL)
    lines = block[1].split("\n")[-2::-1]
    return {name: rank for rank, line in enumerate(lines) for name in line.replace(" ", "").split(",")}


@cache
def modules():
    """Module of the library -> its file; a package is its __init__."""
    files = {path.relative_to(SCRIPTS).with_suffix("").parts: path for path in (SCRIPTS / PACKAGE).rglob("*.py")}
    return {".".join(parts[:-1] if parts[-1] == "__init__" else parts): path for parts, path in files.items()}


def imports(path):
    """The names of modules that a file imports anywhere in it, save for type checking alone."""
    found, waiting = set(), [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in modules() else node.module for name in names}
        waiting += ast.iter_child_nodes(node)
    return found


@cache
def graph():
    """Module -> the modules of the library that it imports."""
    return {name: imports(path) & set(modules()) - {name} for name, path in modules().items()}


def layer(module, ranks):
    """The entry of the list that a module belongs to: the longest that its name begins with."""
    own = module.removeprefix(f"{PACKAGE}.")
    return max((name for name in ranks if own == name or own.startswith(f"{name}.")), key=len, default=None)


def test_no_module_imports_itself_in_a_circle():
    assert len(graph()) > 150
    list(TopologicalSorter(graph()).static_order())  # raises CycleError, which names the circle


def test_every_module_is_in_the_order_and_no_import_runs_up_it():
    ranks = order()
    layers = {name: layer(name, ranks) for name in graph() if name != PACKAGE}
    assert [name for name, found in layers.items() if found is None] == []
    assert set(layers.values()) == set(ranks), "the list names what is not there"
    up = [
        f"{name} imports {other}"
        for name, found in layers.items()
        for other in sorted(graph()[name] - {PACKAGE})
        if ranks[layers[other]] > ranks[found]
    ]
    assert up == []


def test_nothing_imports_a_step_and_nothing_but_bench_imports_bench():
    steps = list((SCRIPTS / "steps").rglob("*.py"))
    assert len(steps) > 40
    names = {path.stem for path in steps} - {name.rpartition(".")[2] for name in modules()}
    for path in [*steps, *modules().values()]:
        found = imports(path)
        assert not any(name.split(".")[0] == "steps" or name in names for name in found), path
        if (SCRIPTS / PACKAGE / "bench") not in path.parents:
            assert not any(name.startswith(f"{PACKAGE}.bench") for name in found), path
