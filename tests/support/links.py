"""The links of the documentation: what `mkdocs build --strict` would refuse, and the pages beside it."""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_API = re.compile(r"^::: ([\w.]+)$", re.MULTILINE)


def broken(project: Path) -> list[str]:
    """`page: link` of every link to a file or a heading that is not there, of every entry of the site's navigation
    without a page, every page outside it, and every module of the API's page that there is not."""
    docs = project / "docs"
    found = [f"{page.relative_to(project)}: {link}" for page in _pages(project) for link in _broken_of(page, docs)]
    pages = {page.name for page in docs.glob("*.md")}
    entries = set(_entries(yaml.safe_load((project / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]))
    found += [f"mkdocs.yml: {name}" for name in sorted(entries ^ pages)]
    modules = _API.findall((docs / "api.md").read_text(encoding="utf-8"))
    return found + [f"docs/api.md: {name}" for name in modules if not _is_module(project / "workflow_scripts", name)]


def _pages(project: Path) -> list[Path]:
    return sorted([*project.glob("*.md"), *(project / "docs").glob("*.md")])


def _broken_of(page: Path, docs: Path) -> Iterator[str]:
    for link in _LINK.findall(_BLOCK.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        outside = page.parent == docs and not target.is_relative_to(docs.resolve())  # the site has no such page
        if outside or not target.exists() or (anchor and anchor not in _anchors(target)):
            yield link


def _anchors(page: Path) -> set[str]:
    """Of the headings, as Python-Markdown makes them."""
    headings = _HEADING.findall(_BLOCK.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower()) for heading in headings}


def _entries(nav: object) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, dict):
        for section in nav.values():
            yield from _entries(section)
    elif isinstance(nav, list):
        for entry in nav:
            yield from _entries(entry)


def _is_module(library: Path, name: str) -> bool:
    """Whether the name is that of a module or of something in one."""
    whole, parent = (library.joinpath(*parts) for parts in (name.split("."), name.split(".")[:-1]))
    return any(path.with_suffix(".py").is_file() or (path / "__init__.py").is_file() for path in (whole, parent))
