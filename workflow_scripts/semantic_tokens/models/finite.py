"""Numbers that are not finite stop what finds them: a model or a table that holds one is never written or used.

A loss that is not a number leaves weights that are none either, and a model of those ends like any other: it would be
scored and exported, and the error would come later and blame the wrong setting.
"""

import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from torch import Tensor

from semantic_tokens.errors import InputError


def require_finite(tensors: Iterable[tuple[str, Tensor]], where: object) -> None:
    """Raises InputError that names `where` and the first tensor that holds a NaN or an infinity, and its place."""
    for name, tensor in tensors:
        if tensor.is_floating_point() and not (finite := torch.isfinite(tensor)).all():
            # Not by `nonzero`: where all are bad, as after a loss of NaN, its result is four times the table.
            first = int(finite.flatten().byte().argmin())
            place = [int(i) for i in np.unravel_index(first, tuple(tensor.shape))]
            count = tensor.numel() - int(finite.sum())
            raise InputError(
                f"{where}: {count} of the {tensor.numel()} numbers of {name} are not finite, the first at {place}"
            )


def require_finite_file(path: Path) -> None:
    """The same of all tensors of a safetensors file, one at a time."""
    with safe_open(path, framework="pt") as file:
        require_finite(((name, file.get_tensor(name)) for name in file.keys()), path)  # noqa: SIM118


def require_finite_loss(loss: float, what: str, rate: float, key: str = "learning_rate", number: str = "loss") -> None:
    """Raises InputError for a loss that is not finite: `what` says of what and at which step, `rate` is the learning
    rate of that step and `key` its key in the config."""
    if not math.isfinite(loss):
        raise InputError(f"{what}: the {number} is {loss} at a learning rate of {rate:g}; lower {key}")
