"""One update of fine-tuning as the product makes it, beside the same update by a loss that others compute."""

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.optim.optimizer import register_optimizer_step_pre_hook
from transformers import PreTrainedModel

from semantic_tokens.fine_tuning import training
from semantic_tokens.fine_tuning.task import Data
from support.toy_tasks import encoded, loader


@dataclass(frozen=True)
class OneStep:
    """A model before its only update, without dropout, and after it; loss and clipped gradients (by name) of the
    update; the items of its batch."""

    start: PreTrainedModel
    model: PreTrainedModel
    loss: float
    gradients: dict[str, Tensor]
    items: np.ndarray
    settings: Any


def one_step(task, tables, tokenizer, chosen, monkeypatch) -> OneStep:
    """The update that scoring `task` makes when all its items are one batch."""
    starts, models, losses, gradients = [], [], [], []
    inner, fine_tune = loader(tokenizer.get_vocab_size()), training.fine_tune

    def load(head, n_labels):
        model = inner(head, n_labels)
        for module in model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0
        models.append(model)
        starts.append(copy.deepcopy(model))
        return model

    def spied(*arguments, **options):
        model, found = fine_tune(*arguments, **options)
        losses.extend(found)
        return model, found

    def before_step(optimizer, *_):
        named = {id(p): name for name, p in models[0].named_parameters()}
        groups = (p for group in optimizer.param_groups for p in group["params"])
        gradients.append({named[id(p)]: p.grad.clone() for p in groups if id(p) in named and p.grad is not None})

    monkeypatch.setattr(training, "fine_tune", spied)
    handle = register_optimizer_step_pre_hook(before_step)
    everything = np.arange(tokenizer.get_vocab_size(), dtype=np.int32)
    data = Data(encoded(task, tables, tokenizer, chosen), tables, everything, "in-language", "train")
    try:
        training.score(task.TASK, data, training.Recipe(load, chosen, 0))
    finally:
        handle.remove()
    (items,) = task.TASK.prepare(data, chosen).batches(np.random.default_rng([0, 0]))
    (gradient,), (loss,) = gradients, losses
    return OneStep(starts[0].train(), models[0], loss, gradient, items, chosen)


def assert_is_the_step_of(found: OneStep, loss: Tensor) -> None:
    """`loss`, computed by others on `found.start`, gives the same loss, clipped gradients and, after one step of AdamW,
    weights."""
    reference = found.start
    before = {name: parameter.detach().clone() for name, parameter in reference.named_parameters()}
    loss.backward()
    torch.nn.utils.clip_grad_norm_(reference.parameters(), 1.0)
    assert found.loss == pytest.approx(loss.item(), rel=1e-5)
    own = dict(reference.named_parameters())
    compared = {name: gradient for name, gradient in found.gradients.items() if gradient.shape == own[name].shape}
    assert len(compared) >= sum(p.grad is not None for p in own.values()) - 1
    for name, gradient in compared.items():
        torch.testing.assert_close(gradient, own[name].grad, rtol=1e-3, atol=1e-6, msg=name)

    decayed = [p for p in reference.parameters() if p.ndim >= 2]
    others = [p for p in reference.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]
    torch.optim.AdamW(groups, lr=found.settings.learning_rate, betas=(0.9, 0.99)).step()
    weights = dict(found.model.named_parameters())
    table = next(name for name in own if name.endswith("word_embeddings.weight"))
    assert not torch.equal(weights[table], before[table])
    for name, parameter in own.items():
        # Adam's first step is about the sign of a gradient; where that is rounding error alone, so is the step.
        clear = torch.ones_like(parameter, dtype=torch.bool) if parameter.grad is None else parameter.grad.abs() > 1e-4
        still = torch.zeros_like(clear) if parameter.grad is None else parameter.grad == 0
        kept = clear | still
        torch.testing.assert_close(weights[name][kept], parameter[kept], rtol=2e-6, atol=2e-6, msg=name)
