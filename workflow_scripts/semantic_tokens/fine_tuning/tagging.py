"""A tag for every word of a sentence, read at its first subword: what tasks like NER have in common.

A task of this kind declares its tags and its measure, and takes `encode_tagged` and `TaggedSentences` from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from tokenizers import Tokenizer

from semantic_tokens.fine_tuning.encoding import Template
from semantic_tokens.fine_tuning.prepared_rows import PreparedRows
from semantic_tokens.fine_tuning.ragged import Ragged
from semantic_tokens.fine_tuning.rows import evaluation_rows, training_rows
from semantic_tokens.fine_tuning.scores import ScoreRow
from semantic_tokens.fine_tuning.settings import FineTuning
from semantic_tokens.fine_tuning.task import Data, TableParts
from semantic_tokens.fine_tuning.words import encoded_words

if TYPE_CHECKING:
    from torch import Tensor

    from semantic_tokens.fine_tuning.network import Network

Sentences = Sequence[Sequence[str]]  # the tags of their words
Measure = Callable[[Sentences, Sentences], float]
IGNORED = -100  # cross entropy leaves these tokens out
CHANCE_ROWS = 2_000  # training sentences on which the best constant tag is chosen


def encode_tagged(
    name: str, tags: Sequence[str], tables: TableParts, tokenizer: Tokenizer, settings: FineTuning
) -> Iterator[pa.Table]:
    """Features of the table `name` (lang, split, tokens, tags), one row per sentence: lang, split, input_ids; for each
    word its tag's index in `labels` and the position of its first subword in `first_subword`, -1 where `max_length` cut
    it off or the tokenizer makes nothing of it."""
    template = Template.of(tokenizer)
    limit = settings.max_length - template.n_sequence
    index = {tag: i for i, tag in enumerate(tags)}
    for table in tables[name]:
        texts, first_subword = [], []
        labels = [[index[tag] for tag in sentence] for sentence in table["tags"].to_pylist()]
        for words, encoded in zip(labels, encoded_words(tokenizer, table["tokens"]), strict=True):
            texts.append(encoded.ids[:limit])
            first_subword.append(_first_subwords(encoded.words[:limit], len(words), len(template.prefix)))
        columns = {
            "lang": table["lang"],
            "split": table["split"],
            "input_ids": template.sequences(Ragged.from_lists(texts)).to_arrow(),
            "first_subword": Ragged.from_lists(first_subword).to_arrow(),
            "labels": Ragged.from_lists(labels).to_arrow(),
        }
        yield template.stored_in(pa.table(columns))


class TaggedSentences(PreparedRows):
    """Sentences with a tag for every word; words without a subword are predicted the first tag."""

    def __init__(self, data: Data, settings: FineTuning, tags: Sequence[str], metric: str, measure: Measure) -> None:
        """`measure(gold, predicted)` is the score `metric` of sentences of tags. Raises InputError where there are no
        rows to train on or to score."""
        table = data.features.read(["lang", "split"])
        split = getattr(settings, "train_split", "train")  # a file of the user's own names its splits itself
        super().__init__(data, settings, training_rows(table, data.transfer, split))
        self.evaluation = evaluation_rows(table, data.split)
        self.first_subword = Ragged.read(data.features, "first_subword")
        self.labels = Ragged.read(data.features, "labels")
        self.targets = token_labels(self.ids, self.first_subword, self.labels)
        self.tags, self.metric, self.measure = tags, metric, measure

    def terms(self, items: np.ndarray) -> int:
        """Words with a subword."""
        return int(np.count_nonzero(self.targets.take(items).values != IGNORED))

    def loss(self, network: Network, items: np.ndarray) -> Tensor:
        from torch.nn.functional import cross_entropy

        target = network.tensor(self.targets.take(items).pad(IGNORED)).flatten()
        logits = self._logits(network, items).flatten(0, 1)
        return cross_entropy(logits, target, ignore_index=IGNORED, reduction="sum") / max(1, self.terms(items))

    def evaluate(self, network: Network) -> list[ScoreRow]:
        """Chance: every word gets the one tag that scores best on the training rows."""
        predicted = self._predicted(network)
        some = self.train[:: -(-len(self.train) // CHANCE_ROWS)]
        constant = best_constant_tag(self.tags, self._names(some), self.measure)
        scores = []
        for lang, rows in self.evaluation.items():
            gold = self._names(rows)
            value = self.measure(gold, [[self.tags[i] for i in predicted[row]] for row in rows])
            chance = self.measure(gold, constant_tags(gold, constant))
            scores.append(ScoreRow(lang, self.metric, value, chance, len(rows)))
        return scores

    def _names(self, rows: np.ndarray) -> Sentences:
        return [[self.tags[i] for i in self.labels[row]] for row in rows]

    def _logits(self, network: Network, rows: np.ndarray) -> Tensor:
        return network.read(self.ids.take(rows), self.template.pad).logits.float()

    def _predicted(self, network: Network) -> dict[int, np.ndarray]:
        """For every evaluated row the index of every word's tag."""
        rows, predicted = np.concatenate(list(self.evaluation.values())), dict[int, np.ndarray]()
        found = network.infer(rows, self.ids.lengths[rows], lambda rows: self._logits(network, rows).argmax(2))
        for batch, tags in found:
            for row, token_tags in zip(batch, tags, strict=True):
                first = self.first_subword[row]
                predicted[row] = np.where(first >= 0, token_tags[first], 0)
        return predicted


def token_labels(ids: Ragged, first_subword: Ragged, labels: Ragged) -> Ragged:
    """The label of every token: its word's at first subwords, `IGNORED` elsewhere; shaped as `ids`."""
    targets = np.full(len(ids.values), IGNORED, np.int32)
    kept = first_subword.values >= 0
    positions = np.repeat(ids.offsets[:-1], first_subword.lengths) + first_subword.values
    targets[positions[kept]] = labels.values[kept]
    return Ragged(targets, ids.offsets)


def constant_tags(sentences: Sentences, tag: str) -> list[list[str]]:
    """Sentences of the same lengths, every word tagged `tag`."""
    return [[tag] * len(sentence) for sentence in sentences]


def best_constant_tag(tags: Sequence[str], sentences: Sentences, measure: Measure) -> str:
    """The tag that scores best on these sentences when every word gets it; ties go to the first."""
    return max(tags, key=lambda tag: measure(sentences, constant_tags(sentences, tag)))


def _first_subwords(word_of: Sequence[int | None], n_words: int, shift: int) -> list[int]:
    """Position of the first subword of every word, `shift` special tokens in; -1 for words with none.

    word_of: the word of each token that is kept.
    """
    first = [-1] * n_words
    for position, word in enumerate(word_of):
        if word is not None and first[word] < 0:
            first[word] = position + shift
    return first
