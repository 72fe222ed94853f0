"""What a decoder and an encoder-decoder learn from a row of text: its next tokens (Radford et al. 2018), and spans
taken out of it (Raffel et al. 2020, section 3.1.4). As in masking, draws are a function of (seed, step) alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from torch.nn import functional
from transformers import PreTrainedModel

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.vocabulary import Vocabulary
from semantic_tokens.pretraining.masking import masking_vocabulary
from semantic_tokens.pretraining.training import Objective

_MEAN_SPAN = 3  # tokens, as in T5


@dataclass(frozen=True)
class CausalLM:
    """Predict each token from those before it."""

    name = "causal LM"

    def examples(self, ids: np.ndarray, density: float, seed: int, step: int) -> tuple[np.ndarray, np.ndarray]:
        """(inputs, labels), both int64 [batch, length - 1]: the rows, and the token after each."""
        rows = ids.astype(np.int64)
        return rows[:, :-1], rows[:, 1:]

    def loss(self, model: PreTrainedModel, inputs: torch.Tensor, labels: torch.Tensor, count: int) -> torch.Tensor:
        """Cross-entropy in nats, summed over the labels and divided by `count`."""
        return _cross_entropy(model(input_ids=inputs, use_cache=False).logits, labels, count)


@dataclass(frozen=True)
class SpanCorruption:
    """Spans of about three tokens: a sentinel replaces each in the input and introduces it in the labels."""

    sentinels: tuple[int, ...]
    end: int
    name = "span corruption"

    def examples(self, ids: np.ndarray, density: float, seed: int, step: int) -> tuple[np.ndarray, np.ndarray]:
        """(inputs [batch, l], labels [batch, m]), int64: the rows without their first and last token, `density` of what
        is left taken out. All rows lose as many tokens in as many spans, so nothing is padded.

        Raises InputError where there are fewer sentinels than spans.
        """
        body = ids[:, 1:-1].astype(np.int64)
        taken = span_mask(len(body), body.shape[1], density, np.random.default_rng((seed, step, 1)))
        return self._told(body, taken), self._told(body, ~taken)

    def loss(self, model: PreTrainedModel, inputs: torch.Tensor, labels: torch.Tensor, count: int) -> torch.Tensor:
        """Cross-entropy in nats, summed over the labels (sentinels and end among them) and divided by `count`."""
        before = cast(Any, model).prepare_decoder_input_ids_from_labels(labels)
        return _cross_entropy(model(input_ids=inputs, decoder_input_ids=before, use_cache=False).logits, labels, count)

    def _told(self, ids: np.ndarray, hidden: np.ndarray) -> np.ndarray:
        """The rows with a sentinel for each run of hidden tokens, and the end token."""
        first = hidden & ~np.pad(hidden, ((0, 0), (1, 0)))[:, :-1]
        number = first.cumsum(axis=1) - 1
        if number.max() >= len(self.sentinels):
            raise InputError(f"{number.max() + 1} spans in a row of text, but only {len(self.sentinels)} sentinels")
        marked = np.where(first, np.array(self.sentinels)[number], ids)
        return np.pad(marked[first | ~hidden].reshape(len(ids), -1), ((0, 0), (0, 1)), constant_values=self.end)


def _cross_entropy(logits: torch.Tensor, labels: torch.Tensor, count: int) -> torch.Tensor:
    return functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="sum") / count


def objective_of(architecture: str, vocabulary: Vocabulary) -> Objective:
    """The objective of pretraining a backbone of this architecture from scratch."""
    if architecture == "bloom":
        return CausalLM()
    if architecture == "mt5":
        return span_corruption(vocabulary)
    return masking_vocabulary(vocabulary, np.arange(len(vocabulary)))


def span_corruption(vocabulary: Vocabulary) -> SpanCorruption:
    """For a vocabulary with T5's special tokens. Raises InputError for any other."""
    ids = {vocabulary.tokens[i]: i for i in vocabulary.special_ids}
    sentinels = tuple(_numbered(ids))
    if not sentinels or "</s>" not in ids:
        raise InputError("span corruption needs the special tokens </s> and <extra_id_0>, <extra_id_1> ...")
    return SpanCorruption(sentinels, ids["</s>"])


def _numbered(ids: dict[str, int]) -> Iterable[int]:
    number = 0
    while f"<extra_id_{number}>" in ids:
        yield ids[f"<extra_id_{number}>"]
        number += 1


def span_mask(rows: int, length: int, density: float, rng: np.random.Generator) -> np.ndarray:
    """bool [rows, length]: which tokens are taken out, `density` of each row in spans of three on average.

    A row begins with what stays and ends with a span; how long each piece is, is drawn evenly among all ways.
    """
    taken = min(max(1, round(length * density)), length - 1)
    spans = min(max(1, round(taken / _MEAN_SPAN)), length - taken)
    lengths = np.empty((rows, 2 * spans), np.int64)
    lengths[:, 0::2] = _pieces(rows, length - taken, spans, rng)
    lengths[:, 1::2] = _pieces(rows, taken, spans, rng)
    starts = np.zeros((rows, length), np.int64)
    np.put_along_axis(starts, lengths.cumsum(axis=1)[:, :-1], 1, axis=1)
    return starts.cumsum(axis=1) % 2 == 1


def _pieces(rows: int, items: int, pieces: int, rng: np.random.Generator) -> np.ndarray:
    """int64 [rows, pieces]: lengths of at least 1 that add up to `items` in each row."""
    cuts = np.zeros((rows, items - 1), np.int64)
    cuts[:, : pieces - 1] = 1
    number = np.pad(rng.permuted(cuts, axis=1).cumsum(axis=1), ((0, 0), (1, 0)))
    return (number[:, :, None] == np.arange(pieces)).sum(axis=1)
