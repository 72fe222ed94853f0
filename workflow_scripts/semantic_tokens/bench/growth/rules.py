"""The memory that rules ask for on the largest backbones of the paper's config, read from the rules themselves.

`python -m semantic_tokens.bench.growth.rules` prints it as JSON, in a process of its own: Snakemake takes logging over.
"""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

CONFIG = Path("configs/paper.yaml")
WIDEST = {"unigram": ("xlmv-base", 768), "wordpiece": ("mbert", 768)}  # backbone and dim, by kind of tokenizer
_WHATEVER = {"alignment": "none", "grouping": "full", "pretraining": "none"}  # memory depends on neither


@cache
def asked(rule: str, kind: str) -> int:
    """Bytes (`mem_mb`) that a rule asks for at its first attempt on the widest backbone of that kind; KeyError for a
    rule that asks for none."""
    return _all_asked()[rule][kind]


@cache
def _all_asked() -> dict[str, dict[str, int]]:
    command = [sys.executable, "-m", __spec__.name]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def _read() -> dict[str, dict[str, int]]:
    from snakemake.api import SnakemakeApi
    from snakemake.iocontainers import Wildcards
    from snakemake.settings.types import ConfigSettings, OutputSettings, ResourceSettings

    found: dict[str, dict[str, int]] = {}
    with SnakemakeApi(OutputSettings()) as api:
        of_paper = api.workflow(
            resource_settings=ResourceSettings(cores=1),
            config_settings=ConfigSettings(configfiles=[CONFIG]),
            snakefile=Path("Snakefile"),
        )
        for rule in of_paper._workflow.rules:
            if "mem_mb" in rule.resources:
                for kind, (backbone, dim) in WIDEST.items():
                    condition = {"backbone": backbone, "dim": str(dim), **_WHATEVER}
                    wildcards = Wildcards(fromdict=condition)
                    mem_mb = rule.resources["mem_mb"].evaluate(wildcards, attempt=1).value
                    found.setdefault(rule.name, {})[kind] = mem_mb * 10**6
    return found


if __name__ == "__main__":
    print(json.dumps(_read()))
