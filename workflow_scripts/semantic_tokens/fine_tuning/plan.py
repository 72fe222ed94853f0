"""How one fine-tuning update is computed: choices that change memory and speed but (precision aside) not the result."""

from dataclasses import dataclass
from typing import Literal

Precision = Literal["float32", "bf16"]
Asked = Literal["auto", "float32", "bf16"]  # what a config may say


@dataclass(frozen=True)
class UpdatePlan:
    """The computation of one update.

    `micro_batch`: items of a batch that are computed at a time (sentences, windows, pairs, queries with their
    passages, groups of a query); None for the whole batch. `recompute`: activations are not kept for the backward pass
    but computed again (activation checkpointing). `precision`: of the products; weights and moments are float32.
    """

    micro_batch: int | None = None
    precision: Precision = "float32"
    recompute: bool = False


DEFAULT_PLAN = UpdatePlan()


def precision_on(device: str, asked: Asked) -> Precision:
    """The precision of products on `cuda` or `cpu`; "auto": bf16 on a GPU, and float32 on a CPU."""
    if asked != "auto":
        return asked
    return "bf16" if device == "cuda" else "float32"
