"""Masked-LM training: one loop for tiny backbones from scratch and for continual pretraining (paper, section 2.4).

A step is a function of the seed and its number, dropout included, and a checkpoint holds everything else that the next
step reads. So a run that was killed and resumed gives the weights of an uninterrupted one, bit for bit (on CPU), and
how many processes share its micro-batches changes no draw.
"""

import hashlib
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch.optim.lr_scheduler import LambdaLR
from tqdm import trange
from transformers import PreTrainedModel

from semantic_tokens import csv_rows, resumable
from semantic_tokens.models.finite import require_finite, require_finite_loss
from semantic_tokens.models.masked_lm import masked_lm_loss
from semantic_tokens.models.schedule import warm_up_and_decay
from semantic_tokens.pretraining import processes
from semantic_tokens.pretraining.masking import IGNORED, draw_rows, language_probabilities
from semantic_tokens.pretraining.settings import PretrainingSettings
from semantic_tokens.pretraining.token_cache import TokenCache

_log = logging.getLogger(__name__)
_ROWS_A_BLOCK = 4_096


class Objective(Protocol):
    """What a model learns from rows of text: `MaskingVocabulary` for a masked LM, others in objectives.py."""

    @property
    def name(self) -> str: ...

    def examples(self, ids: np.ndarray, probability: float, seed: int, step: int) -> tuple[np.ndarray, np.ndarray]:
        """(inputs, labels), int64 [batch, ...], of rows of ids; labels are -100 where nothing is predicted."""

    def loss(self, model: PreTrainedModel, inputs: torch.Tensor, labels: torch.Tensor, count: int) -> torch.Tensor:
        """The cross-entropies at all labels, in nats, summed and divided by `count`."""


class Loss(Protocol):
    def __call__(
        self, model: PreTrainedModel, inputs: torch.Tensor, labels: torch.Tensor, /, *, count: int
    ) -> torch.Tensor: ...


@dataclass
class TrainingState:
    """A model in training; `losses` has one entry per completed step, in nats per predicted token."""

    model: PreTrainedModel
    loss: Loss
    optimizer: torch.optim.Optimizer
    scheduler: LambdaLR
    micro_batch: int | None
    seed: int
    losses: list[float] = field(default_factory=list)


def pretrain(
    model: PreTrainedModel,
    cache: TokenCache,
    group_of: np.ndarray,
    objective: Objective,
    settings: PretrainingSettings,
    seed: int,
    checkpoint: Path,
    device: str,
    code: str = "",
) -> list[float]:
    """Train `model` in place, but for frozen parameters; return the loss of every step, in nats per predicted token.

    group_of: [V] token id -> id of the model's vocabulary. Losses of different vocabularies are not comparable.
    checkpoint: file rewritten every `checkpoint_every` steps; if it belongs to this very run, training resumes from it.
    A run on another device, or of other threads or processes, is another run.
    code: identifies the code and is part of the run, so that no checkpoint written by other code is used.
    Several processes that run this share each step and end with the same weights; the first writes the files.
    Raises InputError for weights that are not finite, and at the first step whose loss or gradient is not, before it
    moves a weight: the last checkpoint is a good one.
    """
    require_finite(model.named_parameters(), "the model to pretrain")
    checkpoint = Path(checkpoint)
    rank, size = processes.rank_and_size()
    state = training_state(_on(device, model), settings, seed, objective.loss)
    frozen = [name for name, parameter in model.named_parameters() if not parameter.requires_grad]
    about = objective, settings, seed, code, size, resumable.arithmetic(device), frozen
    identity = _identity(model, cache, group_of, about)
    _resume(state, checkpoint, identity)
    first = len(state.losses)
    processes.require_agreement(first)
    probabilities = language_probabilities(cache, settings.language_sampling)
    bar = {"initial": first, "total": settings.steps, "desc": objective.name, "disable": rank > 0}
    for step in trange(first, settings.steps, **bar):
        ids = group_of[draw_rows(cache, probabilities, settings.batch_size, seed, step)]
        training_step(state, *objective.examples(ids, settings.mask_probability, seed, step))
        if (step + 1) % settings.checkpoint_every == 0 and step + 1 < settings.steps and rank == 0:
            _log.info("step %d: loss %.4f", step + 1, np.mean(state.losses[-settings.checkpoint_every :]))
            _save(state, checkpoint, identity)
    model.eval()
    return state.losses


def training_state(
    model: PreTrainedModel, settings: PretrainingSettings, seed: int, loss: Loss = masked_lm_loss
) -> TrainingState:
    """`model`, on its device, made ready for `training_step`: in training mode, with AdamW and the learning rates.

    Frozen parameters stay as they are. The first step allocates the gradients and the two moments of AdamW, all float32
    as the weights are.
    """
    trained = [p for p in model.parameters() if p.requires_grad]
    decayed = [p for p in trained if p.dim() > 1]
    # Biases and layer norms, as Devlin et al. (2019) leave them.
    plain = [p for p in trained if p.dim() <= 1]
    groups = [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": plain, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=settings.learning_rate, fused=True)
    n_warmup = max(1, round(settings.warmup_ratio * settings.steps))
    rates = LambdaLR(optimizer, warm_up_and_decay(n_warmup, settings.steps))
    return TrainingState(model.train(), loss, optimizer, rates, settings.micro_batch, seed)


def training_step(state: TrainingState, inputs: np.ndarray, labels: np.ndarray) -> float:
    """One update on a batch: forward and backward by micro-batches, clipping to norm 1, AdamW; returns the loss.

    inputs, labels: int64 [batch, length], the whole batch of all processes; labels are -100 where nothing is predicted.
    The loss is the mean over the predicted tokens of the whole batch (nats), however they are split into micro-batches.
    On a GPU the products are bfloat16 (autocast); weights, sums and updates are float32 everywhere."""
    rank, size = processes.rank_and_size()
    model, device = state.model, state.model.device
    count = max(1, int((labels != IGNORED).sum()))
    loss = torch.zeros((), device=device)
    for number, rows in enumerate(processes.micro_batches(len(inputs), state.micro_batch)):
        if number % size != rank:
            continue
        torch.manual_seed(dropout_seed(state.seed, len(state.losses), number))
        part = torch.from_numpy(inputs[rows]).to(device), torch.from_numpy(labels[rows]).to(device)
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            share = state.loss(model, *part, count=count)
        share.backward()
        loss += share.detach()
    processes.add_up([loss, *(p.grad for p in model.parameters() if p.grad is not None)])
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    value, length = torch.stack([loss, norm]).tolist()
    _require_finite(state, value, length)
    state.optimizer.step()
    state.optimizer.zero_grad()
    state.scheduler.step()
    state.losses.append(value)
    return value


def _require_finite(state: TrainingState, loss: float, gradient: float) -> None:
    rate = float(state.scheduler.get_last_lr()[0])
    step = f"pretraining, step {len(state.losses) + 1}"
    require_finite_loss(loss, step, rate)
    require_finite_loss(gradient, step, rate, number="gradient's norm")


def dropout_seed(seed: int, step: int, micro_batch: int) -> int:
    """Of torch's generator before a micro-batch: so no draw depends on which process computes it, or after what."""
    return int(np.random.SeedSequence((seed, step, 2, micro_batch)).generate_state(1, np.uint64)[0])


def _on(device: str, model: Any) -> PreTrainedModel:
    return model.to(device)


def _identity(model: PreTrainedModel, cache: TokenCache, group_of: np.ndarray, about: tuple[object, ...]) -> str:
    """A digest of everything that decides the run, so that a checkpoint of another run is never used.

    about: everything but arrays, with a repr that shows its values.
    """
    digest = hashlib.sha256(repr((about, cache.rows.shape, cache.languages)).encode())
    for first in range(0, len(cache.rows), _ROWS_A_BLOCK):
        digest.update(np.ascontiguousarray(cache.rows[first : first + _ROWS_A_BLOCK]).data)
    for array in (group_of, *(parameter.detach().cpu().numpy() for parameter in model.parameters())):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _save(state: TrainingState, checkpoint: Path, identity: str) -> None:
    content = {
        "model": state.model.state_dict(),
        "optimizer": state.optimizer.state_dict(),
        "scheduler": state.scheduler.state_dict(),
        "losses": state.losses,
    }
    resumable.save(checkpoint, identity, content)


def _resume(state: TrainingState, checkpoint: Path, identity: str) -> None:
    content = resumable.load(checkpoint, identity)
    if content is None:
        return
    state.model.load_state_dict(content["model"])
    state.optimizer.load_state_dict(content["optimizer"])
    state.scheduler.load_state_dict(content["scheduler"])
    state.losses.extend(content["losses"])
    _log.info("resumed at step %d from %s", len(state.losses), checkpoint)


def write_losses(losses: list[float], path: Path) -> None:
    """A CSV of step and loss, in nats per predicted token."""
    csv_rows.write(
        ("step", "loss"), ({"step": step, "loss": f"{loss:.6f}"} for step, loss in enumerate(losses, 1)), path
    )
