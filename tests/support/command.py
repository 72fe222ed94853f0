"""Run the command `semantic-tokens`: in a process of its own, or in this one where only what it says matters."""

import os
import subprocess
import sys

import pytest

from semantic_tokens.tool.main import main
from support import ROOT

BLOCKED = "import sys; sys.modules.update(dict.fromkeys({names!r})); "  # importing one of them then fails
RUN = "import sys; from semantic_tokens.tool.main import main; sys.exit(main(sys.argv[1:]))"


def run(*arguments: object, without: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess:
    """The command in its own process, where the modules `without` cannot be imported."""
    code = (BLOCKED.format(names=without) if without else "") + RUN
    variables = os.environ | {"PYTHONPATH": str(ROOT / "workflow_scripts")} | environment
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, env=variables, text=True, capture_output=True, check=False)


def fails(capsys: pytest.CaptureFixture, *arguments: object) -> str:
    """The one line of error that the command ends with, at status 1."""
    capsys.readouterr()
    assert main(list(map(str, arguments))) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    last = printed.err.splitlines()[-1]
    assert last.startswith("semantic-tokens: ")
    return last.removeprefix("semantic-tokens: ")


def refused(capsys: pytest.CaptureFixture, *arguments: object) -> str:
    """What argparse says of a command line, at status 2."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(list(map(str, arguments)))
    assert ended.value.code == 2
    return capsys.readouterr().err
