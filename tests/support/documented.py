"""The command lines that the documentation and the configs' comments show."""

import re
import shlex
from functools import cache
from pathlib import Path

from support import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("configs/*.yaml"), ROOT / "config.yaml"])
_BLOCK = re.compile(r"^```(?:bash|shell)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"^(?:    |#   )(\S.*)$", re.MULTILINE)
_SPAN = re.compile(r"`([^`\n]+)`")
_COMMAND = re.compile(r"^(?:\w+=\S+ )*(?:\.venv/bin/)?(snakemake|make|python)(?= |$)")


def words(command: str) -> list[str]:
    """As a shell splits it: without a comment, a redirection and assignments in front."""
    split = shlex.split(command.split(" > ")[0], comments=True)
    while "=" in split[0]:
        split.pop(0)
    return split


@cache
def commands(page: Path, program: str) -> tuple[str, ...]:
    """Those that a page shows of `snakemake`, `make` or `python`, in blocks and in the running text, each once."""
    text = page.read_text(encoding="utf-8")
    blocks = [line.strip() for block in _BLOCK.findall(text) for line in block.splitlines()]
    shown = [*blocks, *_LINE.findall(text), *_SPAN.findall(text)]
    found = [line for line in shown if (match := _COMMAND.match(line)) and match[1] == program]
    return tuple(dict.fromkeys(found))


def everywhere(program: str) -> list[tuple[str, str]]:
    """(page, command) of all pages."""
    return [(str(page.relative_to(ROOT)), line) for page in PAGES for line in commands(page, program)]
