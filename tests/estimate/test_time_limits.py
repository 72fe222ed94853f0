"""Every job of the paper's config ends within the time that its rule asks for, or goes on from a checkpoint."""

import re

import pytest
import yaml

from semantic_tokens import estimate
from semantic_tokens.config.loading import load
from semantic_tokens.estimate.facts import ASSUMED_GPU
from semantic_tokens.estimate.rules import plan_of
from semantic_tokens.estimate.speeds import Calibration
from support import ROOT

UNSURE = 2  # speeds are assumed: a limit should be so many times the estimate
MACHINE = {"machine": {"cpu": "a server's", "cores": 16, "gpus": [ASSUMED_GPU]}, "packages": {"torch": "2"}}


def rules() -> dict[str, str]:
    """The text of every rule, by name. Those that tokenise a task each have no name and one text."""
    text = "\n".join(path.read_text() for path in sorted((ROOT / "rules").glob("*.smk")))
    found = re.findall(r"^ *rule ?(\w*):\n(.*?)(?=^ *(?:use )?rule\b|\Z)", text, re.S | re.M)
    texts = {name or "tokenize_tasks": body for name, body in found}
    return texts | {name: texts[origin] for origin, name in re.findall(r"^ *use rule (\w+) as (\w+)", text, re.M)}


def limit(body: str) -> float:
    """Minutes that a rule asks for."""
    [minutes] = re.findall(r"runtime=(\d+)", body)
    return float(minutes)


def resumes(body: str) -> bool:
    """Whether a rule's step keeps a checkpoint, which is a parameter of all that do."""
    return bool(re.search(r"\bcheckpoints?=", body))


def retries() -> int:
    profiles = [yaml.safe_load((ROOT / f"profiles/{name}/config.yaml").read_text()) for name in ("slurm", "pbs")]
    return min(profile["retries"] for profile in profiles)


@pytest.mark.parametrize("name", ["paper", "figure3", "quick"])
def test_every_job_ends_in_time_or_goes_on(name):
    config = load(yaml.safe_load((ROOT / f"configs/{name}.yaml").read_text()))
    plan, nothing = plan_of(config), Calibration((), ())
    hardware = estimate.hardware_of(config, MACHINE, nothing)
    costs = estimate.costs(config, plan, hardware, nothing, ROOT / "no-resources")
    texts, checked = rules(), set()
    for cost in costs.values():
        rule = cost.job.rule
        if rule == "obtain_source":  # runs where Snakemake runs, without a limit
            continue
        body = texts.get(rule) or texts["tokenize_tasks"]
        times = 1 + retries() if resumes(body) else 1
        assert UNSURE * cost.seconds / 60 <= times * limit(body), (cost.job.output, rule)
        checked.add(rule)
    assert {"score", "group", "tokenize_ner"} <= checked


def test_rules_are_read_as_they_stand():
    texts = rules()
    assert limit(texts["continue_pretraining"]) == 2880 and resumes(texts["continue_pretraining"])
    resumable = ("pretrain_backbone", "group", "group_again", "score", "train_retriever")
    assert all(resumes(texts[name]) for name in resumable)
    assert not resumes(texts["tokenize_corpus"])
