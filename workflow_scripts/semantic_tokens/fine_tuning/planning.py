"""The plan for an update on this machine, from its device's memory and number type (see `memory.choose_plan`)."""

import logging
from typing import Any

import torch
from transformers import PreTrainedConfig

from semantic_tokens.conditions import AS_IS
from semantic_tokens.fine_tuning.memory import Update, choose_plan, gpu_budget, host_budget, peak
from semantic_tokens.fine_tuning.plan import Asked, UpdatePlan, precision_on
from semantic_tokens.models.shape import of_checkpoint

logger = logging.getLogger(__name__)
GB = 1e9


def plan_here(
    task: str,
    settings: Any,
    config: PreTrainedConfig,
    dim: int,
    device: str,
    precision: Asked,
    memory: dict[str, float],
    transfer: str,
) -> UpdatePlan:
    """The plan of `task` for a checkpoint with this `config`, whose table is `dim` wide; `as-is` nothing is updated.

    `precision`: that of the config, "auto" among them. `memory`: bytes of the config's GPU (`gpu`; what this one has
    where that is 0) and of the host that this process may take (`host`). Raises InputError where one item is too much.
    """
    chosen = precision_on(device, precision)
    if transfer == AS_IS:
        return UpdatePlan(precision=chosen)
    update = Update(task, settings, of_checkpoint(config), dim, device="cpu" if device == "cpu" else "gpu")
    if device == "cpu":
        budget = host_budget(memory["host"])
    else:
        present = torch.cuda.get_device_properties(torch.device(device)).total_memory
        budget = gpu_budget(min(memory["gpu"] or present, present))
    plan = choose_plan(update, chosen, budget)
    logger.info("%s: %s, at most %.1f GB of tensors", task, plan, peak(update, plan) / GB)
    return plan
