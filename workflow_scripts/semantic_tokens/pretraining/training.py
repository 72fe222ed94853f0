"""Masked-LM training: one loop for tiny backbones from scratch and for continual pretraining (paper, section 2.4).

A step is a function of the seed and its number, and a checkpoint holds everything that the next step reads, so a run
that was killed and resumed gives the weights of an uninterrupted one, bit for bit (on CPU).
"""

import csv
import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from torch.optim.lr_scheduler import LambdaLR
from tqdm import trange
from transformers import PreTrainedModel

from semantic_tokens.models.masked_lm import masked_lm_loss
from semantic_tokens.pretraining.masking import MaskingVocabulary, draw_rows, language_probabilities, mask_rows
from semantic_tokens.pretraining.token_cache import TokenCache

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Schedule:
    """What a pretraining run does. The learning rate rises over `warmup_ratio` of the steps, then falls to 0."""

    steps: int
    batch_size: int
    learning_rate: float
    warmup_ratio: float
    weight_decay: float
    mask_probability: float
    language_sampling: float
    checkpoint_every: int

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """From a section of the config; it may hold more keys."""
        return cls(**{field.name: settings[field.name] for field in fields(cls)})


@dataclass
class _State:
    model: PreTrainedModel
    optimizer: torch.optim.Optimizer
    scheduler: LambdaLR
    losses: list[float]


def pretrain(
    model: PreTrainedModel,
    cache: TokenCache,
    group_of: np.ndarray,
    vocabulary: MaskingVocabulary,
    schedule: Schedule,
    seed: int,
    checkpoint: Path,
    device: str,
) -> list[float]:
    """Train `model` in place; return the loss (nats a masked token) of every step.

    group_of: [V] token id -> id of the model's vocabulary. Losses of different vocabularies are not comparable.
    checkpoint: file rewritten every `checkpoint_every` steps; if it holds this very run, training goes on from there.
    """
    checkpoint = Path(checkpoint)
    torch.manual_seed(seed)
    state = _start(_on(device, model).train(), schedule)
    identity = _identity(model, group_of, schedule, seed, cache)
    _resume(state, checkpoint, identity)
    probabilities = language_probabilities(cache, schedule.language_sampling)
    for step in trange(
        len(state.losses), schedule.steps, initial=len(state.losses), total=schedule.steps, desc="masked LM"
    ):
        ids = group_of[draw_rows(cache, probabilities, schedule.batch_size, seed, step)]
        inputs, labels = mask_rows(ids, vocabulary, schedule.mask_probability, seed, step)
        state.losses.append(_step(state, torch.from_numpy(inputs).to(device), torch.from_numpy(labels).to(device)))
        if (step + 1) % schedule.checkpoint_every == 0 and step + 1 < schedule.steps:
            _log.info("step %d: loss %.4f", step + 1, np.mean(state.losses[-schedule.checkpoint_every :]))
            _save(state, checkpoint, identity)
    model.eval()
    return state.losses


def _on(device: str, model: Any) -> PreTrainedModel:
    return model.to(device)


def _start(model: PreTrainedModel, schedule: Schedule) -> _State:
    decayed = [p for p in model.parameters() if p.dim() > 1]
    plain = [
        p for p in model.parameters() if p.dim() <= 1
    ]  # biases and layer norms, as Devlin et al. (2019) leave them
    groups = [{"params": decayed, "weight_decay": schedule.weight_decay}, {"params": plain, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=schedule.learning_rate, fused=True)
    warmup = max(1, round(schedule.warmup_ratio * schedule.steps))

    def factor(step: int) -> float:
        return min((step + 1) / warmup, max(0.0, (schedule.steps - step) / max(1, schedule.steps - warmup)))

    return _State(model, optimizer, LambdaLR(optimizer, factor), [])


def _step(state: _State, inputs: torch.Tensor, labels: torch.Tensor) -> float:
    loss = masked_lm_loss(state.model, inputs, labels)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(state.model.parameters(), 1.0)
    state.optimizer.step()
    state.optimizer.zero_grad()
    state.scheduler.step()
    return loss.item()


def _identity(model: PreTrainedModel, group_of: np.ndarray, schedule: Schedule, seed: int, cache: TokenCache) -> str:
    """A digest of everything that decides the run, so that a checkpoint of another run is never taken up."""
    digest = hashlib.sha256(repr((schedule, seed, cache.rows.shape, cache.languages)).encode())
    digest.update(np.ascontiguousarray(group_of).tobytes())
    for parameter in model.parameters():
        digest.update(parameter.detach().cpu().numpy().tobytes())
    return digest.hexdigest()


def _save(state: _State, checkpoint: Path, identity: str) -> None:
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "identity": identity,
        "model": state.model.state_dict(),
        "optimizer": state.optimizer.state_dict(),
        "scheduler": state.scheduler.state_dict(),
        "random": torch.get_rng_state(),
        "losses": state.losses,
    }
    temporary = checkpoint.with_name(checkpoint.name + ".part")
    torch.save(content, temporary)
    temporary.replace(checkpoint)


def _resume(state: _State, checkpoint: Path, identity: str) -> None:
    if not checkpoint.exists():
        return
    content = torch.load(checkpoint, weights_only=True)
    if content["identity"] != identity:
        _log.info("%s belongs to another run and is not used", checkpoint)
        return
    state.model.load_state_dict(content["model"])
    state.optimizer.load_state_dict(content["optimizer"])
    state.scheduler.load_state_dict(content["scheduler"])
    torch.set_rng_state(content["random"])
    state.losses.extend(content["losses"])
    _log.info("resumed at step %d from %s", len(state.losses), checkpoint)


def write_losses(losses: list[float], path: Path) -> None:
    """A CSV of step and loss (nats a masked token)."""
    with path.open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["step", "loss"])
        writer.writerows((step + 1, f"{loss:.6f}") for step, loss in enumerate(losses))
