"""What a task does with its examples once they are in the ids of one model. No torch until it is called."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from semantic_tokens.fine_tuning.plan import UpdatePlan
from semantic_tokens.fine_tuning.scores import ScoreRow

if TYPE_CHECKING:
    from torch import Tensor

    from semantic_tokens.fine_tuning.network import Network


class Scorable(ABC):
    """Examples to score."""

    @property
    @abstractmethod
    def longest(self) -> int:
        """Tokens of the longest row that the model reads."""

    @abstractmethod
    def evaluate(self, network: Network) -> list[ScoreRow]:
        """The scores of every language of the evaluation split, with those of chance."""


class Prepared(Scorable):
    """Examples to train on as well. An item, of a batch or of an evaluation, is whatever the task says: a row, or a
    query with its passages."""

    is_trained: bool = True  # whether there is anything to train on

    @abstractmethod
    def held_ids(self) -> np.ndarray:
        """All token ids that training may read, so that the other rows of the table take no part."""

    @abstractmethod
    def batches(self, rng: np.random.Generator) -> list[np.ndarray]:
        """The batches of one epoch, always as many, drawn from `rng`."""

    @abstractmethod
    def loss(self, network: Network, items: np.ndarray) -> Tensor:
        """Mean loss of these items, a scalar with its gradient."""

    def terms(self, items: np.ndarray) -> int:
        """How many terms `loss` is the mean of."""
        return len(items)

    def update(self, network: Network, plan: UpdatePlan) -> Callable[[np.ndarray], Tensor]:
        """What adds the gradient of a batch's loss to those of the parameters, and gives the loss, detached. A loss
        that is not a mean over the batch's parts overrides this."""
        from semantic_tokens.fine_tuning.updates import mean_loss

        return mean_loss(partial(self.loss, network), plan, self.terms)
