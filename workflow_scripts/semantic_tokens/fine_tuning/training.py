"""Train and score any task: one loop for all of them (Table 2 of the paper: Adam with betas 0.9 and 0.99)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.optim.lr_scheduler import LambdaLR
from tqdm import tqdm
from transformers import PreTrainedModel

from semantic_tokens.errors import InputError
from semantic_tokens.fine_tuning.network import PROGRESS, Network
from semantic_tokens.fine_tuning.plan import DEFAULT_PLAN, UpdatePlan
from semantic_tokens.fine_tuning.prepared import Prepared, Scorable
from semantic_tokens.fine_tuning.scores import ScoreRow
from semantic_tokens.fine_tuning.settings import FineTuning
from semantic_tokens.fine_tuning.task import Data, Task
from semantic_tokens.fine_tuning.touched_rows import TouchedRows, clip_gradients
from semantic_tokens.fine_tuning.updates import Update, random_state, set_random_state
from semantic_tokens.models.composition import is_composed
from semantic_tokens.models.finite import require_finite, require_finite_loss
from semantic_tokens.models.parts import word_embeddings
from semantic_tokens.models.positions import first_position
from semantic_tokens.models.schedule import warm_up_and_decay
from semantic_tokens.resumable import Checkpoint

logger = logging.getLogger(__name__)

Load = Callable[[str, int], PreTrainedModel]
EpochBatches = Callable[[np.random.Generator], list[np.ndarray]]
DECAY = 0.01  # weight decay of matrices
UPDATES_BETWEEN_LOOKS = 32  # at the loss on a GPU, which waits for it


@dataclass(frozen=True)
class Recipe:
    """How a model from `load(head, n_labels)` is fine-tuned, and where that resumes after a kill."""

    load: Load
    settings: FineTuning
    seed: int
    device: str = "cpu"
    plan: UpdatePlan = DEFAULT_PLAN
    checkpoint: Checkpoint | None = None


def score(task: Task, data: Data, recipe: Recipe) -> list[ScoreRow]:
    """Fine-tune a model on the task's training rows, unless the transfer is `as-is`, then score it in every language of
    the split.

    Raises InputError where there are no rows to train on or to score, for a task that the transfer cannot be scored on,
    and as `new_model` and `fine_tune`.
    """
    if not task.allows(data.transfer):
        raise InputError(f"task {task.name!r}: {task.refusal(data.transfer)}")
    prepared = task.prepare(data, recipe.settings)
    model = train(task, prepared, recipe)
    return prepared.evaluate(Network(model, recipe.plan.precision, task.name))


def train(task: Task, prepared: Scorable, recipe: Recipe) -> PreTrainedModel:
    """A model fine-tuned on the prepared examples; as it is where there is nothing to train on."""
    seed, plan = recipe.seed, recipe.plan
    model = new_model(recipe.load, task.head, task.n_labels, prepared.longest, seed, recipe.device, plan)
    if not (isinstance(prepared, Prepared) and prepared.is_trained):
        return model.eval()
    update = prepared.update(Network(model, plan.precision, task.name), plan)
    held = prepared.held_ids()
    return fine_tune(model, prepared.batches, update, recipe.settings, seed, task.name, held, recipe.checkpoint)[0]


def new_model(
    load: Load, head: str, n_labels: int, longest: int, seed: int, device: str, plan: UpdatePlan = DEFAULT_PLAN
) -> PreTrainedModel:
    """A model from `load(head, n_labels)`, its new head drawn from `seed`, made ready for the plan's updates.

    Raises InputError if it has fewer positions than `longest`, the longest row in tokens.
    """
    torch.manual_seed(seed)
    model = load(head, n_labels)
    model.to(device)  # type: ignore[arg-type]  # transformers wraps `to` without its types
    taken = first_position(model)
    # BLOOM and mT5 see distances, and have no last position.
    positions = getattr(model.config, "max_position_embeddings", longest + taken) - taken
    if longest > positions:
        raise InputError(f"max_length: rows of {longest} tokens; allowed: up to the backbone's {positions} positions")
    if device == "cuda":  # what is outside of autocast
        torch.backends.cuda.matmul.allow_tf32 = plan.precision == "bf16"
    if plan.recompute:
        if not getattr(model, "supports_gradient_checkpointing", True):
            raise InputError(
                f"{model.config.model_type}: too large for this device's memory, and its activations cannot be "
                "recomputed: lower the task's max_length or provide more memory"
            )
        model.activation_checkpointing_enable()
    return model


def fine_tune(
    model: PreTrainedModel,
    epoch_batches: EpochBatches,
    update: Update,
    settings: FineTuning,
    seed: int,
    what: str,
    ids: np.ndarray | None = None,
    checkpoint: Checkpoint | None = None,
) -> tuple[PreTrainedModel, list[float]]:
    """Train `model` in place; returns it and the mean loss of every epoch.

    `epoch_batches(rng)` gives the batches of one epoch, always as many, from a generator seeded by (seed, epoch);
    `update(batch)` adds the gradient of one and gives its loss. Linear warm-up and decay, gradients clipped to norm 1,
    dropout from `seed`. `ids`: all ids that the batches hold, so that the other rows of the table take no part (see
    `touched_rows`); None if unknown. Of a composed table, all vectors take part. Resumes from a `checkpoint` of this
    run, to the same bits on a CPU. Raises InputError when a loss is no longer finite, or when weights are not in the
    end; a checkpoint holds finite numbers alone.
    """
    n_batches = len(epoch_batches(np.random.default_rng([seed, 0])))
    touched = None if ids is None or is_composed(model) else TouchedRows.of(model, ids)
    run = _start(model, settings, settings.epochs * n_batches, what)
    torch.manual_seed(seed)
    if checkpoint and _resume(run, checkpoint):
        logger.info("%s: resumed after %d updates from %s", what, run.n_updates, checkpoint.path)
    model.train()
    first, skipped = divmod(run.n_updates, n_batches)
    for epoch in range(first, settings.epochs):
        batches = epoch_batches(np.random.default_rng([seed, epoch]))[skipped * (epoch == first) :]
        bar = {"desc": f"{what} epoch {epoch + 1}/{settings.epochs}", "total": n_batches} | PROGRESS
        for batch in tqdm(batches, initial=n_batches - len(batches), **bar):
            if checkpoint:
                checkpoint.save_when_due(run.state)
            run.total += update(batch)
            if run.total.device.type == "cpu" or run.n_updates % UPDATES_BETWEEN_LOOKS == 0:
                run.require_finite_loss()
            run.step()
        run.require_finite_loss()
        run.losses.append(float(run.total) / n_batches)
        run.total.zero_()
        logger.info("%s: epoch %d/%d, mean loss %.4f", what, epoch + 1, settings.epochs, run.losses[-1])
    require_finite(model.named_parameters(), f"{what}, after {run.n_updates} updates")
    if touched:
        touched.put_back(_shrinkage(run))
    return model.eval(), run.losses


@dataclass
class _Run:
    """A model in training; `total` sums the losses of the epoch so far, `losses` are the means of those before."""

    what: str
    model: PreTrainedModel
    table: Tensor
    optimizer: torch.optim.Optimizer
    schedule: LambdaLR
    total: Tensor
    losses: list[float] = field(default_factory=list)

    @property
    def n_updates(self) -> int:
        return self.schedule.last_epoch

    def step(self) -> None:
        """Move the weights by the accumulated gradients."""
        clip_gradients(list(self.model.parameters()), self.table)
        self.optimizer.step()
        self.schedule.step()
        self.optimizer.zero_grad()

    def require_finite_loss(self) -> None:
        """Raises InputError where a loss of the epoch so far was not finite."""
        rate, key = float(self.schedule.get_last_lr()[-1]), f"tasks.{self.what}.learning_rate"
        require_finite_loss(float(self.total), f"{self.what}, by update {self.n_updates + 1}", rate, key)

    def state(self) -> dict[str, Any]:
        """What a checkpoint holds. Raises InputError where a number is not finite: the one before stays."""
        self.require_finite_loss()
        require_finite(self.model.named_parameters(), f"{self.what}, after {self.n_updates} updates")
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "random": random_state(self.model.device),
            "total": self.total,
            "losses": self.losses,
        }


def _start(model: PreTrainedModel, settings: FineTuning, n_steps: int, what: str) -> _Run:
    table = word_embeddings(model).weight
    others = [p for p in model.parameters() if p is not table]
    # Matrices decay; biases and layer norms do not, as in BERT.
    groups = [
        {"params": [table], "weight_decay": DECAY, "lr": settings.learning_rate * settings.embedding_rate},
        {"params": [p for p in others if p.ndim >= 2], "weight_decay": DECAY},
        {"params": [p for p in others if p.ndim < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=settings.learning_rate, betas=(0.9, 0.99), fused=True)
    rate = warm_up_and_decay(round(settings.warmup_ratio * n_steps), n_steps)
    return _Run(what, model, table, optimizer, LambdaLR(optimizer, rate), torch.zeros((), device=model.device))


def _shrinkage(run: _Run) -> Iterator[float]:
    """What each update so far took off a row of the table that it did not touch, as a share."""
    rate, factor = float(run.schedule.base_lrs[0]), run.schedule.lr_lambdas[0]
    return (rate * factor(step) * DECAY for step in range(run.n_updates))


def _resume(run: _Run, checkpoint: Checkpoint) -> bool:
    """Resume from a checkpoint of this run; whether there was one."""
    saved = checkpoint.load()
    if saved is None:
        return False
    run.model.load_state_dict(saved["model"])
    run.optimizer.load_state_dict(saved["optimizer"])
    run.schedule.load_state_dict(saved["schedule"])
    set_random_state(saved["random"], run.model.device)
    run.total.copy_(saved["total"])
    run.losses.extend(saved["losses"])
    return True
