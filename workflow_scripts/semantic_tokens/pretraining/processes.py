"""Several processes that share each step: who they are, what part of a batch each takes, and the sum over them.

Each holds the whole model. A launcher (`torchrun`, `accelerate launch`) starts them and tells each its rank in the
environment; a process that no launcher started is alone.
"""

import math
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import distributed

from semantic_tokens.errors import InputError


@contextmanager
def joined(device: str) -> Iterator[str]:
    """Join the processes of the launcher (RANK, LOCAL_RANK and WORLD_SIZE are set); gives the device of this one."""
    local = int(os.environ["LOCAL_RANK"])
    if device == "cuda":
        torch.cuda.set_device(local)
        device = f"cuda:{local}"
    distributed.init_process_group("gloo" if device == "cpu" else "nccl")
    try:
        yield device
    finally:
        distributed.destroy_process_group()


def rank_and_size() -> tuple[int, int]:
    """(number of this process, number of processes)."""
    return (distributed.get_rank(), distributed.get_world_size()) if distributed.is_initialized() else (0, 1)


def micro_batches(batch_size: int, micro_batch: int | None) -> list[slice]:
    """The rows of each micro-batch of a batch: nearly equal parts of at most `micro_batch` rows, or one a process.

    Process r of p takes the parts r, r + p, ... Raises InputError where there are fewer parts than processes.
    """
    _, size = rank_and_size()
    parts = size if micro_batch is None else math.ceil(batch_size / micro_batch)
    if min(parts, batch_size) < size:
        raise InputError(
            f"pretraining: {size} processes share a batch_size of {batch_size} in micro-batches of {micro_batch or 1}; "
            f"batch_size must be at least {size} and micro_batch at most batch_size / {size}"
        )
    return [slice(batch_size * i // parts, batch_size * (i + 1) // parts) for i in range(parts)]


def add_up(tensors: Iterable[torch.Tensor]) -> None:
    """Replace each tensor by its sum over the processes."""
    if distributed.is_initialized():
        for work in [distributed.all_reduce(tensor, async_op=True) for tensor in tensors]:
            work.wait()


def require_agreement(step: int) -> None:
    """Raises InputError if the processes start from different steps, each having read its own checkpoint."""
    _, size = rank_and_size()
    steps = [step] * size
    if size > 1:
        distributed.all_gather_object(steps, step)
    if len(set(steps)) > 1:
        raise InputError(
            f"the processes resume from steps {steps}: the checkpoint must be on storage shared by all nodes"
        )
