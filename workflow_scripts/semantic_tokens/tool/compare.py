"""`semantic-tokens compare`: how far a grouped model reads texts as the original does."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity, normalize
from tqdm import tqdm
from transformers import AutoTokenizer, PreTrainedModel

from semantic_tokens.analysis.intervals import of_share
from semantic_tokens.analysis.nearest import strictly_nearest
from semantic_tokens.backbones import published
from semantic_tokens.errors import InputError
from semantic_tokens.models import checkpoint
from semantic_tokens.models.parts import body
from semantic_tokens.tool.find import find
from semantic_tokens.tool.opened import open_folder

_BATCH = 16
_LONGEST = 512  # tokens of a text that are read


@dataclass(frozen=True)
class Measure:
    """One line of the comparison.

    measure  what is measured
    n        items that it is the mean over
    grouped  of the grouped model, or of the two models together
    full     the same of the original model; None where the measure compares the two
    chance   what unrelated items give
    low      95% interval of `grouped`; None where there is none
    high
    """

    measure: str
    n: int
    grouped: float
    full: float | None
    chance: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class _Reader:
    """An encoder, its tokenizer, and the map from the tokenizer's ids to the model's (None: the same)."""

    model: PreTrainedModel
    tokenizer: Any
    group_of: Tensor | None = None

    def read(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """(last hidden states [texts, length, dim], mask bool [texts, length])."""
        longest = min(_LONGEST, self.tokenizer.model_max_length)
        batch = self.tokenizer(list(texts), padding=True, truncation=True, max_length=longest, return_tensors="pt")
        if self.group_of is not None:
            batch["input_ids"] = self.group_of[batch["input_ids"]]
        return self.model(**batch).last_hidden_state, batch["attention_mask"].bool()


def compare_models(
    folder: str | Path,
    against: str | Path,
    *,
    texts: Sequence[str] = (),
    translations: Sequence[tuple[str, str]] = (),
) -> list[Measure]:
    """Compare the grouped model in `folder` with `against`: a folder, a name or a repository as for `group_model`.

    A text's vector is the mean over its tokens' last hidden states; texts are cut at 512 tokens. Without `texts` those
    of the translations are taken.

    token states      cosine of a token's states in the two models; chance: of two neighbouring tokens' (not where
                      the grouped model has a tokenizer of its own, as after First-k)
    texts             cosine of a text's vectors in the two models; chance: of two texts'
    same neighbour    share of the texts whose nearest other text is the same in both models
    translations      share of the texts whose nearest text of the other column is the translation, both ways together;
                      the interval is Wilson's of so many pairs

    InputError: a folder or a model that is not one, models of different width, fewer than two texts.
    """
    chosen = list(texts) or [text for pair in translations for text in pair]
    if len(chosen) < 2:
        raise InputError("give at least two texts, or translations, to compare the models on")
    opened = open_folder(folder)
    original, tokenizer = published.load(find(str(against)).folder)
    group_of = torch.from_numpy(opened.partition.group_of).long()
    small = _Reader(
        checkpoint.load_for_task(opened.folder, "encoder", 0).eval(), AutoTokenizer.from_pretrained(folder), group_of
    )
    whole = _Reader(body(original).eval(), tokenizer)
    widths = small.model.config.hidden_size, whole.model.config.hidden_size
    if widths[0] != widths[1]:
        raise InputError(f"{against}: hidden states of {widths[1]} dimensions, but those of {folder} have {widths[0]}")
    same_tokens = opened.tokenizer.get_vocab() == tokenizer.get_vocab()
    measures = _agreement(small, whole, chosen, same_tokens)
    return measures + ([_translations(small, whole, translations)] if translations else [])


def as_table(measures: Sequence[Measure]) -> str:
    """The measures for a terminal, a line each."""
    lines = [f"{'':16} {'n':>8} {'grouped':>8} {'full':>8} {'chance':>8}"]
    for m in measures:
        full = "" if m.full is None else f"{m.full:.3f}"
        interval = "" if m.low is None or m.high is None else f"  (95%: {m.low:.3f} to {m.high:.3f})"
        lines.append(f"{m.measure:16} {m.n:8,} {m.grouped:8.3f} {full:>8} {m.chance:8.3f}{interval}")
    return "\n".join(lines)


@torch.inference_mode()
def _agreement(small: _Reader, whole: _Reader, texts: Sequence[str], same_tokens: bool) -> list[Measure]:
    own, other, vectors = list[Tensor](), list[Tensor](), list[tuple[Tensor, Tensor]]()
    for batch in _batches(texts):
        (states, mask), (expected, whole_mask) = small.read(batch), whole.read(batch)
        vectors.append((_mean(states, mask), _mean(expected, whole_mask)))
        if same_tokens:
            found, wanted = states[mask], expected[mask]
            own.append(cosine_similarity(found, wanted))
            other.append(cosine_similarity(found[1:], wanted[:-1]))
    grouped, full = (normalize(torch.cat(parts)).numpy() for parts in zip(*vectors))
    cosines, n = grouped @ full.T, len(texts)
    between = (cosines.sum(dtype=np.float64) - np.trace(cosines)) / (n * (n - 1))
    same = float((_neighbour(grouped) == _neighbour(full)).mean())
    measures = [
        Measure("texts", n, float(np.trace(cosines)) / n, None, float(between)),
        Measure("same neighbour", n, same, None, 1 / (n - 1), *of_share(same, n)),
    ]
    if same_tokens:
        states_agree = torch.cat(own)
        chance = float(torch.cat(other).mean())
        measures.insert(0, Measure("token states", len(states_agree), float(states_agree.mean()), None, chance))
    return measures


@torch.inference_mode()
def _translations(small: _Reader, whole: _Reader, pairs: Sequence[tuple[str, str]]) -> Measure:
    shares = []
    for reader in (small, whole):
        a, b = (
            normalize(torch.cat([_mean(*reader.read(batch)) for batch in _batches(column)])).numpy()
            for column in zip(*pairs)
        )
        cosines = a @ b.T
        shares.append((strictly_nearest(cosines) + strictly_nearest(cosines.T)) / (2 * len(pairs)))
    n = len(pairs)
    return Measure("translations", n, shares[0], shares[1], 1 / n, *of_share(shares[0], n))


def _batches(texts: Sequence[str]) -> Any:
    starts = tqdm(range(0, len(texts), _BATCH), desc="read", unit="batch", delay=5)
    return (texts[start : start + _BATCH] for start in starts)


def _mean(states: Tensor, mask: Tensor) -> Tensor:
    kept = mask.unsqueeze(-1).to(states.dtype)
    return (states * kept).sum(1) / kept.sum(1)


def _neighbour(unit: np.ndarray) -> np.ndarray:
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -np.inf)
    return cosines.argmax(axis=1)
