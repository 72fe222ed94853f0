"""Seconds and peak memory of what runs on a GPU; part of `bench.gpu`."""

import time
from collections.abc import Callable
from typing import Any

import torch

Line = dict[str, Any]


def timed(run: Callable[[], Any], device: str) -> tuple[Any, float]:
    """The result and seconds of a run; what a GPU still computes is waited for."""
    if device == "cuda":
        torch.cuda.synchronize()
    begun = time.perf_counter()
    result = run()
    if device == "cuda":
        torch.cuda.synchronize()
    return result, time.perf_counter() - begun


def peak_gb(device: str) -> Line:
    return {"peak_gb": torch.cuda.max_memory_allocated() / 1e9} if device == "cuda" else {}
