"""One update of each task at the paper's batch, by the plan that the device gets; part of `bench.gpu`."""

from functools import partial
from math import ceil
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import (
    AutoModel,
    AutoModelForQuestionAnswering,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    BertConfig,
    PreTrainedModel,
)

from semantic_tokens.bench.gpu_time import Line, peak_gb, timed
from semantic_tokens.fine_tuning.memory import Update, choose_plan, gpu_budget, peak
from semantic_tokens.fine_tuning.network import forward
from semantic_tokens.fine_tuning.plan import UpdatePlan, precision_on
from semantic_tokens.fine_tuning.updates import gradient_cache, mean_loss
from semantic_tokens.models.shape import Shape, of_checkpoint
from semantic_tokens.tasks import declared

# Table 2 of the paper: items of a batch, tokens of the longest row, and what else a task's items consist of.
TASKS: dict[str, tuple[int, int, dict[str, int]]] = {
    "ner": (64, 164, {}), "qa": (128, 384, {"stride": 128}), "nli": (64, 128, {}),
    "rerank": (32, 256, {"group_size": 8}), "retrieval": (256, 256, {"query_length": 32}),
}  # fmt: skip
HEADS: dict[str, Any] = {
    "token-classification": AutoModelForTokenClassification, "question-answering": AutoModelForQuestionAnswering,
    "sequence-classification": AutoModelForSequenceClassification, "encoder": AutoModel,
}  # fmt: skip


def update_line(task: str, name: str, shape: Shape, device: str, small: bool) -> Line:
    """One update of a task by the plan that this device gets: its seconds, once warm, its peak and the calculator's."""
    items, length, more = TASKS[task]
    if small:
        items, length, more = 4, 16, {key: min(value, 8) for key, value in more.items()}
    model = _model(task, shape, device)
    given: dict[str, Any] = {"epochs": 1, "learning_rate": 1e-4, "warmup_ratio": 0.1, **more}
    settings = declared()[task].settings(batch_size=items, max_length=length, **given)
    reckoned = Update(task, settings, of_checkpoint(model.config), device="gpu" if device == "cuda" else "cpu")
    memory = torch.cuda.get_device_properties(0).total_memory if device == "cuda" else 8e9
    plan = choose_plan(reckoned, precision_on(device, "auto"), gpu_budget(memory))
    if plan.recompute:
        model.activation_checkpointing_enable()
    optimizer = torch.optim.AdamW(model.parameters(), fused=True)

    def update() -> None:
        gradient(task, model, settings, plan)
        optimizer.step()
        optimizer.zero_grad()

    update()
    _, seconds = timed(update, device)
    line = {"what": "update", "task": task, "backbone": name, "plan": str(plan), "seconds": seconds, **peak_gb(device)}
    return line | {"reckoned_gb": peak(reckoned, plan) / 1e9}


def _model(task: str, shape: Shape, device: str) -> PreTrainedModel:
    config = BertConfig(
        vocab_size=shape.vocabulary, hidden_size=shape.dim, num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads, intermediate_size=shape.intermediate, max_position_embeddings=shape.positions,
    )  # fmt: skip
    config.num_labels = declared()[task].n_labels
    model: Any = HEADS[declared()[task].head].from_config(config)
    return model.to(device).train()


def gradient(task: str, model: PreTrainedModel, settings: Any, plan: UpdatePlan) -> None:
    """Add the gradient of an update of `task` on random rows, all of the greatest length, as tasks/ computes it."""

    def outputs(rows: int, length: int) -> Any:
        ids = torch.randint(5, model.config.vocab_size, (rows, length), device=model.device)
        mask = torch.ones_like(ids)
        mask[0, -1] = 0  # without padding there would be no mask
        return forward(model, {"input_ids": ids, "attention_mask": mask}, plan.precision)

    def loss_of(items: Any) -> Tensor:
        found = outputs(len(items) * getattr(settings, "group_size", 1), settings.max_length)
        logits = found.start_logits if task == "qa" else found.logits
        return logits.float().square().mean()

    def vectors(rows: int, length: int) -> Tensor:
        return outputs(rows, length).last_hidden_state[:, 0].float()

    if task != "retrieval":
        mean_loss(loss_of, plan)(np.arange(settings.batch_size))
        return
    at_once = plan.micro_batch or settings.batch_size
    sizes = [min(at_once, settings.batch_size - i * at_once) for i in range(ceil(settings.batch_size / at_once))]
    encoders = [partial(vectors, n, settings.query_length) for n in sizes]
    encoders += [partial(vectors, 2 * n, settings.max_length) for n in sizes]

    def contrast(found: list[Tensor]) -> Tensor:
        queries, passages = torch.cat(found[: len(sizes)]), torch.cat(found[len(sizes) :])
        return torch.nn.functional.cross_entropy(queries @ passages.T, torch.arange(len(queries), device=model.device))

    if plan.micro_batch is None:
        contrast([encode() for encode in encoders]).backward()
    else:
        gradient_cache(encoders, contrast, model.device)
