"""Which rows go together in a batch, and a batch as the tensors a model takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from transformers import PreTrainedModel

from semantic_tokens.tasks.plan import Precision
from semantic_tokens.tasks.ragged import Ragged

LENGTH_NOISE = 0.1


def length_grouped_batches(lengths: np.ndarray, batch_size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Every row once, in batches of rows of similar length, in random order.

    Lengths are blurred by up to 10% before they are sorted, so that the batches change from epoch to epoch while
    little is padded.
    """
    order = np.argsort(lengths * rng.uniform(1 - LENGTH_NOISE, 1 + LENGTH_NOISE, len(lengths)), kind="stable")
    batches = _cut(order, batch_size)
    return [batches[i] for i in rng.permutation(len(batches))]


def random_batches(n: int, batch_size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Every one of n rows once, in random batches: for in-batch negatives, which should not share their length."""
    return _cut(rng.permutation(n), batch_size)


def sorted_batches(lengths: np.ndarray, batch_size: int) -> list[np.ndarray]:
    """Every row once, shortest first: the least padding, for evaluation."""
    return _cut(np.argsort(lengths, kind="stable"), batch_size)


def batches_within(lengths: np.ndarray, budget: int) -> list[np.ndarray]:
    """Every row once, shortest first, in batches that take at most `budget` tokens with their padding.

    Short rows come in larger batches, so that each batch is about as much work; a row longer than the budget is alone.
    """
    order = np.argsort(lengths, kind="stable")
    cuts, start = list[int](), 0
    for i, longest in enumerate(lengths[order].tolist()):
        if i > start and (i + 1 - start) * longest > budget:
            cuts.append(i)
            start = i
    return np.split(order, cuts) if len(order) else []


def model_inputs(
    model: PreTrainedModel, rows: Ragged, pad: int, second_start: np.ndarray | None = None
) -> dict[str, torch.Tensor]:
    """Tensors [rows, longest row] on the model's device: ids, attention mask and, for pairs, token types.

    `second_start` is where the second text of each pair starts. Token types are left out for models that know only one.
    """
    inputs = {"input_ids": rows.pad(pad), "attention_mask": rows.mask().astype(np.int64)}
    if second_start is not None and getattr(model.config, "type_vocab_size", 1) > 1:
        columns = np.arange(inputs["input_ids"].shape[1])
        inputs["token_type_ids"] = (columns >= second_start[:, None]) * inputs["attention_mask"]
    return {name: on_device(model, array) for name, array in inputs.items()}


def forward(model: PreTrainedModel, inputs: dict[str, torch.Tensor], precision: Precision) -> Any:
    """What the model makes of `model_inputs`; with "bf16" its products, and so its outputs, are bfloat16 (autocast)."""
    with torch.autocast(model.device.type, torch.bfloat16, enabled=precision == "bf16"):
        return model(**inputs)


def on_device(model: PreTrainedModel, array: np.ndarray) -> torch.Tensor:
    """The array as a tensor beside the model. A GPU copies it from pinned memory while the processor goes on."""
    tensor = torch.from_numpy(array)
    return tensor.pin_memory().to(model.device, non_blocking=True) if model.device.type == "cuda" else tensor


def _cut(order: np.ndarray, batch_size: int) -> list[np.ndarray]:
    return [order[i : i + batch_size] for i in range(0, len(order), batch_size)]
