"""The command that makes one file of a run, to be copied into a shell."""

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

SNAKEMAKE = ".venv/bin/snakemake"  # from the folder of the project, as in its documentation


def making(target: str, config_files: Sequence[str], given: Mapping[str, Any]) -> str:
    """Snakemake's command line: targets come first, since `--configfile` takes all words that follow it.

    config_files  those that the run was made with
    given         what `--config` gave over them
    """
    words = [SNAKEMAKE, target]
    if config_files:
        words += ["--configfile", *config_files]
    if given:
        words += ["--config", *(f"{key}={_value(value)}" for key, value in given.items())]
    return shlex.join(words)


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
