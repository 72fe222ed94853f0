"""Natural language inference: three-way classification of sentence pairs (XNLI), accuracy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from tokenizers import Tokenizer

from semantic_tokens.fine_tuning.encoding import Template, longest_first, token_ids
from semantic_tokens.fine_tuning.metrics import accuracy
from semantic_tokens.fine_tuning.prepared_rows import PreparedRows
from semantic_tokens.fine_tuning.rows import evaluation_rows, training_rows
from semantic_tokens.fine_tuning.scores import ScoreRow
from semantic_tokens.fine_tuning.settings import FineTuning, Labelled
from semantic_tokens.fine_tuning.task import Data, TableParts, Task, Tokens
from semantic_tokens.tables import NLI_LABELS

if TYPE_CHECKING:
    from torch import Tensor

    from semantic_tokens.fine_tuning.network import Network


def encode(tables: TableParts, tokenizer: Tokenizer, settings: FineTuning) -> Iterator[pa.Table]:
    """Features, one row per pair: lang, split, label, input_ids, second_start. Pairs are cut from their longer text."""
    template, longest = Template.of(tokenizer), settings.max_length
    for table in tables["nli"]:
        first, second = (token_ids(tokenizer, table[name], longest) for name in ("premise", "hypothesis"))
        limits = longest_first(first.lengths, second.lengths, longest - template.n_pair)
        everything = np.arange(len(table))
        ids, second_start = template.pairs(first.take(everything, limits[0]), second.take(everything, limits[1]))
        columns = {name: table[name] for name in ("lang", "split", "label")}
        columns |= {"input_ids": ids.to_arrow(), "second_start": pa.array(second_start, pa.int32())}
        yield template.stored_in(pa.table(columns))


class Pairs(PreparedRows):
    """Labelled pairs."""

    def __init__(self, data: Data, settings: Labelled) -> None:
        """Raises InputError where there are no rows to train on or to score."""
        table = data.features.read(["lang", "split", "label", "second_start"])
        super().__init__(data, settings, training_rows(table, data.transfer, settings.train_split))
        self.evaluation = evaluation_rows(table, data.split)
        self.second_start = table["second_start"].to_numpy()
        self.labels = table["label"].to_numpy().astype(np.int64)

    def loss(self, network: Network, items: np.ndarray) -> Tensor:
        from torch.nn.functional import cross_entropy

        return cross_entropy(self._logits(network, items), network.tensor(self.labels[items]))

    def evaluate(self, network: Network) -> list[ScoreRow]:
        """Accuracy. Chance is the majority class of the training rows."""
        evaluated = np.concatenate(list(self.evaluation.values()))
        predicted = np.full(len(self.labels), -1)
        lengths = self.ids.lengths[evaluated]
        for rows, logits in network.infer(evaluated, lengths, lambda rows: self._logits(network, rows)):
            predicted[rows] = logits.argmax(1)
        majority = np.bincount(self.labels[self.train], minlength=len(NLI_LABELS)).argmax().item()
        scores = []
        for lang, rows in self.evaluation.items():
            gold = self.labels[rows]
            found, chance = accuracy(gold, predicted[rows]), accuracy(gold, majority)
            scores.append(ScoreRow(lang, TASK.metric, found, chance, len(rows)))
        return scores

    def _logits(self, network: Network, rows: np.ndarray) -> Tensor:
        return network.read(self.ids.take(rows), self.template.pad, self.second_start[rows]).logits.float()


TASK = Task(
    name="nli",
    title="NLI",
    about="Natural language inference.",
    place=3,
    metrics={"accuracy": "accuracy"},
    head="sequence-classification",
    n_labels=len(NLI_LABELS),
    tables=("nli",),
    sources=("xnli",),
    items="nli",
    settings=Labelled,
    encode=encode,
    prepare=Pairs,
    texts={"nli": Tokens(43, 17)},  # upstream: 30 pairs of XNLI
)
