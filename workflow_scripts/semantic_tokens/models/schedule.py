"""Learning rates of a training run: a linear rise, then a linear fall to zero. No torch."""

from collections.abc import Callable


def warm_up_and_decay(n_warmup: int, n_steps: int) -> Callable[[int], float]:
    """The rate of step 0, 1, ... as a share of its peak, which the last of the `n_warmup` steps of the rise has."""

    def share(step: int) -> float:
        if step < n_warmup:
            return (step + 1) / n_warmup
        return max(0.0, (n_steps - step) / max(1, n_steps - n_warmup))

    return share
