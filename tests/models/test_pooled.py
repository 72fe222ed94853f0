"""Classifiers of decoders and encoder-decoders: what they pool, and inference learned through the ordinary task."""

from functools import partial

import numpy as np
import pyarrow as pa
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BloomConfig, BloomForCausalLM, MT5Config, MT5ForConditionalGeneration, Qwen2Config, Qwen2Model

from semantic_tokens.errors import InputError
from semantic_tokens.fine_tuning.encoding import Template
from semantic_tokens.fine_tuning.task import Data
from semantic_tokens.fine_tuning.training import Recipe, new_model, score
from semantic_tokens.models import checkpoint, pooled
from semantic_tokens.tables import SCHEMAS
from semantic_tokens.tasks import nli
from support.toy_tasks import encoded, settings

SPECIAL = {"bloom": ["<unk>", "<s>", "</s>", "<pad>"], "qwen2": ["<|endoftext|>"], "mt5": ["<pad>", "</s>", "<unk>"]}
WORDS = ["the", "a", "cat", "dog", "tree", "sees", "yes", "maybe", "no"]


def plain_tokenizer(kind):
    """One token a word; nothing is put around a text, as in BLOOM's and Qwen2's own tokenizers."""
    vocabulary = {token: i for i, token in enumerate([*SPECIAL[kind], *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=SPECIAL[kind][0]))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.add_special_tokens(SPECIAL[kind])
    return tokenizer


def saved(kind, folder):
    """A published-looking checkpoint of the architecture, 32 wide."""
    torch.manual_seed(0)
    size = len(SPECIAL[kind]) + len(WORDS)
    if kind == "bloom":
        model = BloomForCausalLM(BloomConfig(vocab_size=size, hidden_size=32, n_layer=1, n_head=2, pad_token_id=3))
    elif kind == "mt5":
        model = MT5ForConditionalGeneration(
            MT5Config(vocab_size=size, d_model=32, d_kv=16, d_ff=64, num_layers=1, num_heads=2, dropout_rate=0.0)
        )
    else:
        model = Qwen2Model(
            Qwen2Config(
                vocab_size=size, hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2,
                num_key_value_heads=1, max_position_embeddings=16, pad_token_id=0,
            )
        )  # fmt: skip
    checkpoint.save(model, folder)
    return folder


def tables(n=60):
    """The word at the end of the hypothesis decides the label; the premise's length varies, so rows are padded."""
    rng, rows = np.random.default_rng(1), []
    for split, count in (("train", n), ("test", n // 2)):
        for lang in ("en", "sw"):
            for i in range(count):
                premise = " ".join(["the", *rng.choice(["cat", "dog", "tree"], 1 + i % 4), "sees"])
                rows.append((lang, split, premise, f"a {['yes', 'maybe', 'no'][i % 3]}", i % 3))
    columns = SCHEMAS["nli"].names
    return {"nli": pa.Table.from_pylist([dict(zip(columns, row)) for row in rows], SCHEMAS["nli"])}


@pytest.mark.parametrize("kind", ["bloom", "qwen2", "mt5"])
def test_inference_is_learnt_in_english_and_scored_in_every_language(kind, tmp_path):
    tokenizer, folder = plain_tokenizer(kind), saved(kind, tmp_path)
    features = encoded(nli, tables(), tokenizer, settings())
    load = partial(checkpoint.load_for_task, folder)
    identity = np.arange(tokenizer.get_vocab_size())
    data = Data(features, {}, identity, "zero-shot", "test")
    rows = score(nli.TASK, data, Recipe(load, settings(epochs=15), seed=0))
    assert [row.lang for row in rows] == ["en", "sw"] and all(row.n == 30 for row in rows)
    assert all(row.value > 0.9 and row.chance < 0.4 for row in rows)


def test_a_tokenizer_that_adds_nothing_has_the_end_after_each_text():
    template = Template.of(plain_tokenizer("bloom"))
    assert template == Template((), (2,), (2,), 3)
    assert Template.of(plain_tokenizer("qwen2")) == Template((), (0,), (0,), 0)
    bare = Tokenizer(models.WordLevel({"[PAD]": 0, "a": 1, "b": 2}, unk_token="b"))
    with pytest.raises(InputError, match="no end token; allowed: </s>"):
        Template.of(bare)


def test_a_mean_leaves_padding_out(tmp_path):
    model = pooled.load(saved("mt5", tmp_path), 3).eval()
    ids = torch.tensor([[3, 4, 5, 1], [6, 1, 0, 0]])
    mask = (ids != 0).long()
    with torch.no_grad():
        batch = model(input_ids=ids, attention_mask=mask).logits
        alone = model(input_ids=ids[1:, :2], attention_mask=mask[1:, :2]).logits
        states = model.encoder(input_ids=ids[1:, :2]).last_hidden_state
    assert torch.allclose(batch[1:], alone, atol=1e-6)
    assert torch.allclose(alone, model.classifier(states.mean(1)), atol=1e-6)
    assert model.get_input_embeddings().weight.shape == (12, 32) and model.config.model_type == "mt5"


def test_the_head_is_drawn_from_the_seed(tmp_path):
    load = partial(checkpoint.load_for_task, saved("mt5", tmp_path))
    heads = [new_model(load, "sequence-classification", 3, 9, seed, "cpu").classifier.weight for seed in (0, 0, 1)]
    assert torch.equal(heads[0], heads[1]) and not torch.equal(heads[0], heads[2])


def test_models_that_see_distances_read_texts_of_any_length(tmp_path):
    longest = 10_000
    for kind in ("bloom", "mt5"):
        folder = saved(kind, tmp_path / kind)
        new_model(partial(checkpoint.load_for_task, folder), "sequence-classification", 3, longest, 0, "cpu")
    folder = saved("qwen2", tmp_path / "qwen2")
    with pytest.raises(InputError, match="up to the backbone's 16 positions"):
        new_model(partial(checkpoint.load_for_task, folder), "sequence-classification", 3, longest, 0, "cpu")
