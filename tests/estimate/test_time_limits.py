"""Every job of the paper's config ends within the time that its rule asks for, or resumes from a checkpoint."""

import pytest
import yaml

from semantic_tokens.config.loading import load
from semantic_tokens.estimate import costs as costing
from semantic_tokens.estimate.dag import resolve
from semantic_tokens.estimate.facts import ASSUMED_GPU
from semantic_tokens.estimate.plan import plan_of
from semantic_tokens.estimate.speeds import Calibration
from support import ROOT

UNSURE = 2  # speeds are assumed: a limit should be so many times the estimate
MACHINE = {"machine": {"cpu": "a server's", "cores": 16, "gpus": [ASSUMED_GPU]}, "packages": {"torch": "2"}}


def retries() -> int:
    profiles = [yaml.safe_load((ROOT / f"profiles/{name}/config.yaml").read_text()) for name in ("slurm", "pbs")]
    return min(profile["retries"] for profile in profiles)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["paper", "figure3", "quick"])
def test_every_job_ends_in_time_or_resumes(name):
    config = load(yaml.safe_load((ROOT / f"configs/{name}.yaml").read_text()))
    plan, nothing = plan_of(config), Calibration((), ())
    hardware = costing.hardware_of(config, MACHINE, nothing)
    costs = costing.costs(config, plan, hardware, nothing, ROOT / "no-resources")
    jobs, checked = resolve(config).jobs, set()
    for cost in costs.values():
        job = jobs[cost.job.output]
        if job.rule == "obtain_source":  # runs where Snakemake runs, without a limit
            continue
        times = 1 + retries() if job.resumes else 1
        assert UNSURE * cost.seconds / 60 <= times * job.minutes, (job.name, job.rule)
        checked.add(job.rule)
    assert {"score", "group", "tokenize_ner"} <= checked


@pytest.mark.slow
def test_limits_and_checkpoints_are_those_of_the_rules():
    configs = [load(yaml.safe_load((ROOT / f"configs/{name}.yaml").read_text())) for name in ("demo-grid", "paper")]
    jobs = {job.rule: job for config in configs for job in resolve(config).jobs.values()}
    assert jobs["continue_pretraining"].minutes == 2880 and jobs["continue_pretraining"].resumes
    resumable = ("pretrain_backbone", "group", "group_again", "score", "train_retriever")
    assert all(jobs[name].resumes for name in resumable)
    assert not jobs["tokenize_corpus"].resumes
