"""The script for a GPU, tried in small without one: the lines that it would print, and whole and parted gradients."""

import json
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from semantic_tokens.bench import gpu
from semantic_tokens.bench.gpu_updates import TASKS, _model, gradient
from semantic_tokens.fine_tuning.plan import UpdatePlan
from support import ROOT


def test_prints_every_measure_as_json():
    command = [sys.executable, "-m", "semantic_tokens.bench.gpu", "--small"]
    environment = {"PYTHONPATH": str(ROOT / "workflow_scripts"), "OMP_NUM_THREADS": "1", "TQDM_DISABLE": "1"}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert not [line for line in lines if "failed" in line or "left_out" in line]
    assert [line["task"] for line in lines if line.get("what") == "update"] == list(TASKS)
    assert len([line for line in lines if line.get("what") == "kmeans"]) == len(gpu.PERCENTS)
    assert all(line["seconds"] > 0 for line in lines[1:])


def test_does_not_pretend_to_have_a_gpu():
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    command = [sys.executable, "-m", "semantic_tokens.bench.gpu"]
    done = subprocess.run(command, env={"PYTHONPATH": str(ROOT / "workflow_scripts")}, capture_output=True, text=True)
    assert done.returncode != 0 and "torch sees no GPU" in done.stderr


@pytest.mark.parametrize("task", TASKS)
def test_a_gradient_whole_and_in_parts(task):
    chosen = SimpleNamespace(batch_size=4, max_length=16, **TASKS[task][2])
    sizes = []
    for micro_batch in (None, 3):
        model = _model(task, gpu.SMALL, "cpu")
        model.register_forward_pre_hook(lambda m, args, named: sizes.append(len(named["input_ids"])), with_kwargs=True)
        gradient(task, model, chosen, UpdatePlan(micro_batch))
        assert all(p.grad is None or bool(p.grad.isfinite().all()) for p in model.parameters())
        assert model.get_input_embeddings().weight.grad.abs().sum() > 0
        sizes.append(0)
    whole, parted = np.split(sizes, [sizes.index(0)])
    items = 8 if task == "rerank" else 1
    if task == "retrieval":
        assert list(whole) == [4, 8] and list(parted)[1:-1] == [3, 1, 6, 2] * 2, "a gradient cache reads all twice"
    else:
        assert list(whole) == [4 * items] and list(parted)[1:-1] == [3 * items, items]


def test_rows_have_a_structure_and_an_objective():
    points = gpu.structured_rows(1_000, 16, "cpu")
    assert torch.allclose(points.norm(dim=1), torch.ones(1_000))
    assert gpu.objective(points, torch.arange(1_000), 1_000) == pytest.approx(0, abs=1e-6)
    assert gpu.objective(points, torch.zeros(1_000, dtype=torch.long), 1) > 0.5
