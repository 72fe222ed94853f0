import pytest
import torch
from transformers import BloomConfig, BloomForCausalLM, MT5Config, MT5EncoderModel

from semantic_tokens.errors import InputError
from semantic_tokens.models import checkpoint
from semantic_tokens.models.embeddings import read_word_embeddings
from semantic_tokens.models.parts import word_embeddings


def test_the_table_of_a_masked_lm_is_read_without_the_model(masked_lm, tmp_path):
    checkpoint.save(masked_lm, tmp_path)
    assert torch.equal(read_word_embeddings(tmp_path, 40, 6), word_embeddings(masked_lm).weight[:, :6])


@pytest.mark.parametrize("kind", ["bloom", "mt5"])
def test_the_table_of_other_architectures_without_its_spare_rows(kind, tmp_path):
    bloom = BloomConfig(vocab_size=40, hidden_size=16, n_layer=1, n_head=2)
    mt5 = MT5Config(vocab_size=40, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2)
    model = BloomForCausalLM(bloom) if kind == "bloom" else MT5EncoderModel(mt5)
    checkpoint.save(model, tmp_path)
    assert torch.equal(read_word_embeddings(tmp_path, 33, 16), word_embeddings(model).weight[:33])


@pytest.mark.parametrize(("rows", "dim"), [(41, 16), (40, 17)])
def test_a_table_that_is_too_small_is_refused(bert, tmp_path, rows, dim):
    checkpoint.save(bert, tmp_path)
    with pytest.raises(InputError, match=rf"shape \[40, 16\], but at least \[{rows}, {dim}\]"):
        read_word_embeddings(tmp_path, rows, dim)
