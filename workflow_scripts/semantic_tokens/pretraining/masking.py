"""What a step reads and masks: a function of (seed, step) alone, so that a resumed run is the same run."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from transformers import PreTrainedModel

from semantic_tokens.errors import InputError
from semantic_tokens.grouping.vocabulary import MASK_TOKENS, Vocabulary
from semantic_tokens.models.masked_lm import masked_lm_loss
from semantic_tokens.pretraining.token_cache import TokenCache

IGNORED = -100
_MASKED, _RANDOM = 0.8, 0.1  # Devlin et al. (2019), section 3.1


@dataclass(frozen=True)
class MaskingVocabulary:
    """What masking needs to know of the model's (grouped) vocabulary; the objective of a masked LM."""

    size: int
    mask_id: int
    special_ids: tuple[int, ...]
    name = "masked LM"

    def examples(self, ids: np.ndarray, probability: float, seed: int, step: int) -> tuple[np.ndarray, np.ndarray]:
        """(inputs, labels) as `mask_rows` gives them."""
        return mask_rows(ids, self, probability, seed, step)

    def loss(self, model: PreTrainedModel, inputs: torch.Tensor, labels: torch.Tensor, count: int) -> torch.Tensor:
        """`masked_lm_loss`: of the masked positions alone."""
        return masked_lm_loss(model, inputs, labels, count=count)

    @cached_property
    def drawable(self) -> np.ndarray:
        """The ids that may stand for a masked token: all but the special ones."""
        return np.setdiff1d(np.arange(self.size), self.special_ids)


def masking_vocabulary(vocabulary: Vocabulary, group_of: np.ndarray) -> MaskingVocabulary:
    """The groups that matter to masking. group_of: [V] token id -> group id, -1 for dropped tokens.

    Raises InputError where no special token of the vocabulary stands for a masked one."""
    mask = next((token for token in vocabulary.special_ids if vocabulary.tokens[token] in MASK_TOKENS), None)
    if mask is None:
        raise InputError(f"tokenizer: no token to mask with; allowed: {' or '.join(MASK_TOKENS)}, marked as special")
    special = tuple(int(group_of[token]) for token in vocabulary.special_ids)
    return MaskingVocabulary(int(group_of.max()) + 1, int(group_of[mask]), special)


def language_probabilities(cache: TokenCache, exponent: float) -> np.ndarray:
    """Sampling probability of each language, proportional to size ** exponent: the size of all its text, in tokens,
    whatever part of it the cache holds."""
    weights = np.array([part.size for part in cache.languages]) ** exponent
    return weights / weights.sum()


def draw_rows(cache: TokenCache, probabilities: np.ndarray, batch: int, seed: int, step: int) -> np.ndarray:
    """[batch, length] token ids: a language for each row, then a row of that language."""
    rng = np.random.default_rng((seed, step, 0))
    chosen = rng.choice(len(probabilities), size=batch, p=probabilities)
    first = np.array([part.first for part in cache.languages])[chosen]
    rows = np.array([part.rows for part in cache.languages])[chosen]
    return cache.rows[np.sort(first + (rng.random(batch) * rows).astype(np.int64))]


def mask_rows(
    ids: np.ndarray, vocabulary: MaskingVocabulary, probability: float, seed: int, step: int
) -> tuple[np.ndarray, np.ndarray]:
    """(inputs, labels), both int64 [batch, length]: 15% chosen, of them 80% masked, 10% random, 10% kept.

    `ids` are group ids, so labels and random replacements are groups. Special tokens are never chosen, nor drawn.
    """
    rng = np.random.default_rng((seed, step, 1))
    ordinary = ~np.isin(ids, vocabulary.special_ids)
    chosen = ordinary & (rng.random(ids.shape) < probability)
    fate = rng.random(ids.shape)
    inputs = ids.astype(np.int64)
    inputs[chosen & (fate < _MASKED)] = vocabulary.mask_id
    random_places = chosen & (fate >= _MASKED) & (fate < _MASKED + _RANDOM)
    inputs[random_places] = rng.choice(vocabulary.drawable, size=int(random_places.sum()))
    return inputs, np.where(chosen, ids, IGNORED).astype(np.int64)
