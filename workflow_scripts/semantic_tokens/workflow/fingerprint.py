"""The meaning of a step's code: a digest of its syntax tree and of the library modules that it imports.

Snakemake compares scripts by time stamp and looks no further than the script file. Passed as a parameter, this digest
reruns a step exactly when code that it may run has changed: not after a checkout, a new comment or a reformat.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
# Of a declaration `Task(...)`, what no step but those of pages reads; these have it as a parameter (`tasks.shown`).
_SHOWN = ("title", "about", "place", "texts", "windows")
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def fingerprint(script: Path, *modules: str) -> str:
    """Hex digest of `script`, of `modules` (imported by name at run time) and of all our modules that they import."""
    files = {script, *(path for name in modules for path in _files_of(name))}
    waiting = list(files)
    while waiting:
        new = {path for name in imported_modules(waiting.pop()) for path in _files_of(name)} - files
        files |= new
        waiting += new
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path.name}:{meaning(path)}".encode())
    return digest.hexdigest()[:16]


@cache
def meaning(path: Path) -> str:
    """The syntax tree as text, without docstrings, comments, formatting or what tasks declare for pages alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Task":
            node.keywords = [given for given in node.keywords if given.arg not in _SHOWN]
    return ast.dump(tree)


@cache
def imported_modules(path: Path) -> tuple[str, ...]:
    """Every module of this package that the file names in an import, at whatever depth of its code."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(name for name in names if name.split(".")[0] == _PACKAGE.name)


def _files_of(module: str) -> list[Path]:
    """The module's file and the `__init__` files above it; nothing for a name that is not a module."""
    parts = module.split(".")[1:]
    folders = [_PACKAGE.joinpath(*parts[:depth]) for depth in range(len(parts) + 1)]
    candidates = [folder / "__init__.py" for folder in folders] + [_PACKAGE.joinpath(*parts).with_suffix(".py")]
    return [path for path in candidates if path.is_file()]
