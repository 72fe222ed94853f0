"""Which rows form a batch."""

from __future__ import annotations

import numpy as np

LENGTH_NOISE = 0.1


def length_grouped_batches(lengths: np.ndarray, batch_size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Every row once, in batches of rows of similar length, in random order.

    Lengths are blurred by up to 10% before they are sorted, so that the batches change from epoch to epoch while
    little is padded.
    """
    order = np.argsort(lengths * rng.uniform(1 - LENGTH_NOISE, 1 + LENGTH_NOISE, len(lengths)), kind="stable")
    batches = _cut(order, batch_size)
    return [batches[i] for i in rng.permutation(len(batches))]


def random_batches(n: int, batch_size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Every one of n rows once, in random batches: for in-batch negatives, which should not share their length."""
    return _cut(rng.permutation(n), batch_size)


def sorted_batches(lengths: np.ndarray, batch_size: int) -> list[np.ndarray]:
    """Every row once, shortest first: the least padding, for evaluation."""
    return _cut(np.argsort(lengths, kind="stable"), batch_size)


def batches_within(lengths: np.ndarray, budget: int) -> list[np.ndarray]:
    """Every row once, shortest first, in batches that take at most `budget` tokens with their padding.

    Short rows come in larger batches, so that each batch is about as much work; a row longer than the budget is alone.
    """
    order = np.argsort(lengths, kind="stable")
    cuts, start = list[int](), 0
    for i, longest in enumerate(lengths[order].tolist()):
        if i > start and (i + 1 - start) * longest > budget:
            cuts.append(i)
            start = i
    return np.split(order, cuts) if len(order) else []


def _cut(order: np.ndarray, batch_size: int) -> list[np.ndarray]:
    return [order[i : i + batch_size] for i in range(0, len(order), batch_size)]
