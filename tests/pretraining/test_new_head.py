"""A head that was just made is trained alone: it learns, nothing below it moves, and a killed run changes nothing."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from transformers import AutoModel

from conftest import N_TOKENS
from semantic_tokens.grouping.vocabulary import Vocabulary
from semantic_tokens.models import checkpoint
from semantic_tokens.models.new_head import with_new_head
from semantic_tokens.pretraining.masking import IGNORED, language_probabilities, masking_vocabulary
from semantic_tokens.pretraining.new_head import made_and_trained, unigram_bias
from semantic_tokens.pretraining.settings import PretrainingSettings
from semantic_tokens.pretraining.token_cache import LanguageRows, TokenCache, read_cache, write_cache

SPECIAL = (0, 1, 2, 3, 4)
TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *(f"w{i}" for i in range(N_TOKENS - 5)))
VOCABULARY = Vocabulary(TOKENS, SPECIAL, (), "wordpiece")
SETTINGS = PretrainingSettings(
    steps=20, batch_size=16, sequence_length=10, learning_rate=1e-2, mask_probability=0.3, checkpoint_every=8
)


@pytest.fixture
def cache(tmp_path, word_tokenizer):
    """Texts in which each word is followed by the next, of few or of many words."""
    rng = np.random.default_rng(0)
    starts = [*rng.integers(0, 8, 60), *rng.integers(0, 28, 20)]
    rows = [
        {"lang": "en" if i < 60 else "sw", "text": " ".join(f"w{start + k}" for k in range(7))}
        for i, start in enumerate(starts)
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "corpus.parquet")
    paths = tmp_path / "corpus.npy", tmp_path / "corpus.json"
    write_cache(tmp_path / "corpus.parquet", word_tokenizer, ["en", "sw"], 10, *paths)
    return read_cache(*paths)


@pytest.fixture
def encoder(bert, tmp_path):
    """A random one, whose weights are large enough that a hidden state tells what is around a mask."""
    with torch.no_grad():
        for parameter in bert.parameters():
            parameter.mul_(10 if parameter.dim() > 1 else 1)
    bert.base_model.save_pretrained(tmp_path / "encoder")
    return tmp_path / "encoder"


def train(encoder, cache, checkpoint, settings=SETTINGS):
    return made_and_trained(encoder, cache, VOCABULARY, settings, 7, checkpoint, "cpu")


def loss_on_all(model, cache):
    objective = masking_vocabulary(VOCABULARY, np.arange(N_TOKENS))
    inputs, labels = map(torch.from_numpy, objective.examples(cache.rows, 0.3, 11, 0))
    with torch.no_grad():
        return float(objective.loss(model, inputs, labels, int((labels != IGNORED).sum())))


def test_the_bias_is_what_words_are_worth_in_the_text_that_training_draws():
    rows = np.array([[2, 5, 5, 5, 3], [2, 5, 6, 6, 3], [2, 7, 7, 7, 3]], np.int32)
    cache = TokenCache(rows, (LanguageRows("en", 0, 2), LanguageRows("sw", 2, 1)))
    bias = unigram_bias(cache, np.array([0.25, 0.75]), VOCABULARY)
    expected = np.ones(N_TOKENS)  # nine words in all: of one language 4 and 2 in six, of the other 3 in three
    expected[[5, 6, 7]] += 9 * np.array([0.25 * 4 / 6, 0.25 * 2 / 6, 0.75])
    assert bias.dtype == np.float32
    np.testing.assert_allclose(bias, np.log(expected / expected.sum()), rtol=1e-6)


def test_the_head_learns_and_the_encoder_keeps_its_bits(encoder, cache, tmp_path):
    model, losses = train(encoder, cache, tmp_path / "a.pt", SETTINGS.model_copy(update={"steps": 60}))
    assert len(losses) == 60
    bias = unigram_bias(cache, language_probabilities(cache, SETTINGS.language_sampling), VOCABULARY)
    untrained = with_new_head(encoder, torch.from_numpy(bias))
    assert loss_on_all(model, cache) < loss_on_all(untrained, cache) - 0.2
    published = AutoModel.from_pretrained(encoder, add_pooling_layer=False)
    for name, tensor in published.state_dict().items():
        assert torch.equal(model.base_model.state_dict()[name], tensor), name
    start = with_new_head(encoder, torch.zeros(N_TOKENS)).state_dict()
    moved = {name for name, tensor in model.state_dict().items() if not torch.equal(tensor, start[name])}
    assert moved == {name for name in start if name.startswith("cls.") and name != "cls.predictions.decoder.weight"}


@pytest.mark.parametrize("micro_batch", [None, 5])
def test_a_killed_run_resumes_to_the_same_bytes(encoder, cache, tmp_path, monkeypatch, micro_batch):
    settings = SETTINGS.model_copy(update={"micro_batch": micro_batch})
    whole, losses = train(encoder, cache, tmp_path / "a.pt", settings)
    checkpoint.save(whole, tmp_path / "whole")
    module = "semantic_tokens.pretraining.training"
    calls, draw = iter(range(1000)), __import__(module, fromlist=["draw_rows"]).draw_rows

    def dying(*arguments):
        if next(calls) == 11:
            raise KeyboardInterrupt
        return draw(*arguments)

    monkeypatch.setattr(f"{module}.draw_rows", dying)
    with pytest.raises(KeyboardInterrupt):
        train(encoder, cache, tmp_path / "b.pt", settings)
    torch.rand(13)  # the global generator's state must not matter
    begun = next(calls)
    resumed, found = train(encoder, cache, tmp_path / "b.pt", settings)
    assert next(calls) - begun == SETTINGS.steps - 8 + 1, "it began at the checkpoint"
    checkpoint.save(resumed, tmp_path / "resumed")
    assert found == losses
    files = [tmp_path / name / "model.safetensors" for name in ("whole", "resumed")]
    assert files[0].read_bytes() == files[1].read_bytes()
