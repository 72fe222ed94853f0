import pytest
import torch
from transformers import AutoModelForMaskedLM

from semantic_tokens.errors import InputError
from semantic_tokens.models import checkpoint
from semantic_tokens.models.masked_lm import masked_lm_loss
from semantic_tokens.models.truncation import truncate


def zero_beyond(model, dim):
    with torch.no_grad():
        model.get_input_embeddings().weight[:, dim:] = 0
    return model


def test_truncated_model_equals_a_zero_padded_table(masked_lm, tmp_path):
    checkpoint.save(masked_lm, tmp_path)
    expected = zero_beyond(checkpoint.load_masked_lm(tmp_path), 6)
    short = truncate(checkpoint.load_masked_lm(tmp_path), 6)
    ids = torch.randint(5, 39, (2, 8))
    assert short.get_input_embeddings().weight.shape == (40, 6)
    torch.testing.assert_close(short(ids).logits, expected(ids).logits, atol=1e-6, rtol=0)


def test_zeros_stay_zero_through_training_and_saving(masked_lm, tmp_path):
    short = truncate(masked_lm, 6)
    optimizer = torch.optim.AdamW(short.parameters(), lr=0.1)
    ids = torch.randint(5, 39, (4, 8))
    for _ in range(3):
        masked_lm_loss(short, ids, ids).backward()
        optimizer.step()
    checkpoint.save(short, tmp_path)
    plain = AutoModelForMaskedLM.from_pretrained(tmp_path).get_input_embeddings().weight
    assert plain.shape == (40, 16)
    assert (plain[:, 6:] == 0).all()
    again = checkpoint.load_masked_lm(tmp_path)
    assert again.get_input_embeddings().weight.shape == (40, 6), "a reloaded model must stay truncated"
    torch.testing.assert_close(again(ids).logits, short.eval()(ids).logits)


def test_fine_tuning_heads_stay_truncated(bert, tmp_path):
    checkpoint.save(truncate(bert, 6), tmp_path)
    for head in ("encoder", "token-classification", "sequence-classification", "question-answering"):
        assert checkpoint.load_for_task(tmp_path, head, 2).get_input_embeddings().weight.shape == (40, 6)


@pytest.mark.parametrize("dim", [0, 17])
def test_impossible_dimensions_are_refused(bert, dim):
    with pytest.raises(InputError, match="between 1 and 16"):
        truncate(bert, dim)
