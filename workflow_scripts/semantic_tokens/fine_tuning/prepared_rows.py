"""Examples of one row of tokens each: what tasks that label a row, tag it or mark a span in it have in common."""

import numpy as np

from semantic_tokens.fine_tuning.batching import length_grouped_batches
from semantic_tokens.fine_tuning.encoding import Template
from semantic_tokens.fine_tuning.prepared import Prepared
from semantic_tokens.fine_tuning.ragged import Ragged, held_ids
from semantic_tokens.fine_tuning.settings import FineTuning
from semantic_tokens.fine_tuning.task import Data


class PreparedRows(Prepared):
    """The features' `input_ids` in the ids of the model, of which the rows `train` are trained on."""

    def __init__(self, data: Data, settings: FineTuning, train: np.ndarray) -> None:
        self.train = train
        self.ids = Ragged.read(data.features, "input_ids", data.group_of)
        self.template = Template.of_features(data.features).lookup(data.group_of)
        self.batch_size = settings.batch_size

    @property
    def longest(self) -> int:
        return int(self.ids.lengths.max())

    def held_ids(self) -> np.ndarray:
        return held_ids([(self.ids, self.train)], self.template.special_ids)

    def batches(self, rng: np.random.Generator) -> list[np.ndarray]:
        lengths = self.ids.lengths[self.train]
        return [self.train[batch] for batch in length_grouped_batches(lengths, self.batch_size, rng)]
