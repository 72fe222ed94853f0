"""The table of how fine-tuning fits into devices of several sizes."""

import json
from dataclasses import replace

import pytest
import yaml

from estimate.test_estimate import PAPER, ROOT
from semantic_tokens.config.loading import load
from semantic_tokens.config.models import HubBackbone
from semantic_tokens.config.shapes import shape_of
from semantic_tokens.estimate import plans
from semantic_tokens.estimate.plan import plan_of
from semantic_tokens.estimate.roofline import Device
from semantic_tokens.fine_tuning.memory import choose_plan, gpu_budget, host_budget, peak
from semantic_tokens.fine_tuning.plan import DEFAULT_PLAN, UpdatePlan

A100 = Device("gpu", "NVIDIA A100")


@pytest.mark.slow
def test_every_task_of_every_backbone_with_its_largest_table():
    found = plans.largest(plan_of(PAPER))
    backbones = ("mbert", "xlmr-base", "xlmr-large", "xlmv-base")
    assert set(found) == {(task, backbone) for task in PAPER.tasks.named() for backbone in backbones}
    assert found["ner", "mbert"].update.table == 119_547 * 768
    lines = plans.lines(plan_of(PAPER), A100.name, 80)
    assert len(lines) == 20 and {len(line) for line in lines} == {len(plans.head(80))} == {6}
    assert not any("too small" in cell for line in lines for cell in line), "every run of the paper fits somehow"
    assert len(plans.head(40)) == 7


@pytest.mark.slow
def test_the_words_say_what_is_chosen():
    training = plans.largest(plan_of(PAPER))["retrieval", "xlmr-large"]
    update = training.update
    for memory in (300e9, 80e9, 24e9):
        words = plans.in_words(training, A100, memory)
        assert float(words.split()[-2]) <= gpu_budget(memory) / 1e9
    assert plans.in_words(training, A100, 300e9) == f"whole, {peak(update, UpdatePlan(None, 'bf16')) / 1e9:.1f} GB"
    assert " at a time, " in plans.in_words(training, A100, 24e9)
    small = plans.in_words(training, A100, 4e9)
    assert small == f"too small: {peak(update, UpdatePlan(1, 'bf16', True)) / 1e9:.0f} GB are needed"
    in_full = plans.in_words(replace(training, precision="float32"), A100, 300e9)
    assert float(in_full.split()[-2]) > float(plans.in_words(training, A100, 300e9).split()[-2])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["config.yaml", "configs/demo-grid.yaml"])
def test_tiny_models_are_trained_in_whole_batches(name):
    """So that nothing changed for them when batches could be cut."""
    config = load(yaml.safe_load((ROOT / name).read_text()))
    trainings = [t for job in plan_of(config).jobs.values() if job.rule in plans.FINE_TUNING for t in job.trainings]
    assert trainings
    for training in trainings:
        update = replace(training.update, device="cpu")
        assert choose_plan(update, "float32", host_budget(training.host)) == DEFAULT_PLAN


def test_whose_memory_it_is():
    assert plans.memory_of_gpu("NVIDIA H100 PCIe", None) == (80, "data sheet")
    assert plans.memory_of_gpu("NVIDIA H100 PCIe", 40) == (40, "compute.gpu_memory")
    assert plans.memory_of_gpu("a card of next year", None) == (80, "assumed")


def test_the_shape_of_a_folder_is_that_of_its_config(tmp_path):
    told = {"num_hidden_layers": 36, "num_attention_heads": 32, "intermediate_size": 10240}
    (tmp_path / "config.json").write_text(json.dumps(told))
    sizes = {"kind": "hub", "folder": str(tmp_path), "vocabulary": 250880, "dim": 2560, "max_length": 512}
    shape = shape_of(HubBackbone.model_validate(sizes))
    assert (shape.layers, shape.heads, shape.intermediate, shape.known) == (36, 32, 10240, True)
    (tmp_path / "config.json").write_text("{}")
    assert not shape_of(HubBackbone.model_validate(sizes)).known
