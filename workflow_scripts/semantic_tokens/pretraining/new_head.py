"""Masked-LM training of a head that was just made: of the head alone, so that the encoder stays as it was published."""

from pathlib import Path

import numpy as np
import torch
from transformers import PreTrainedModel

from semantic_tokens.grouping.vocabulary import Vocabulary
from semantic_tokens.models.new_head import freeze_body, with_new_head
from semantic_tokens.pretraining.masking import language_probabilities, masking_vocabulary
from semantic_tokens.pretraining.settings import PretrainingSettings
from semantic_tokens.pretraining.token_cache import TokenCache
from semantic_tokens.pretraining.training import pretrain


def made_and_trained(
    folder: Path,
    cache: TokenCache,
    vocabulary: Vocabulary,
    settings: PretrainingSettings,
    seed: int,
    checkpoint: Path,
    device: str,
    code: str = "",
) -> tuple[PreTrainedModel, list[float]]:
    """(masked LM, loss of every step in nats per predicted token) of the head-less encoder in `folder`.

    cache: text in the encoder's own tokens, whose vocabulary is `vocabulary`. Body and table, which is also the output
    layer, keep their bits. checkpoint, device and code as in `pretrain`; errors are those of it and of `with_new_head`.
    """
    probabilities = language_probabilities(cache, settings.language_sampling)
    model = with_new_head(folder, torch.from_numpy(unigram_bias(cache, probabilities, vocabulary)))
    freeze_body(model)
    identity = np.arange(len(vocabulary))
    objective = masking_vocabulary(vocabulary, identity)
    # Other rows and masks than those of the conditions' pretraining, which begins with the same seed.
    own = int(np.random.SeedSequence((seed, 4)).generate_state(1)[0])
    losses = pretrain(model, cache, identity, objective, settings, own, checkpoint, device, code)
    return model, losses


def unigram_bias(cache: TokenCache, probabilities: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """float32 [V]: log probability of each token in the text as training draws it.

    probabilities: of drawing each language. The counts of the languages are weighted by them, to as many tokens in all,
    and every token is counted once more. Special tokens, which are never predicted, keep that one alone.
    """
    counts = cache.counts(len(vocabulary)).astype(np.float64)
    counts[:, list(vocabulary.special_ids)] = 0
    total, of_language = counts.sum(), counts.sum(axis=1, keepdims=True)
    expected = total * probabilities @ (counts / np.maximum(of_language, 1)) + 1
    return np.log(expected / expected.sum()).astype(np.float32)
