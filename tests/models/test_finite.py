"""A number that is not finite is found in what is written and in what is read, and named with its place."""

import pytest
import torch
from safetensors.torch import load_file, save_file

from semantic_tokens.backbones import published
from semantic_tokens.errors import InputError
from semantic_tokens.models import checkpoint
from semantic_tokens.models.embeddings import write_embeddings
from semantic_tokens.models.export.folder import write_model
from semantic_tokens.models.finite import require_finite

FOUND = r"1 of the \d+ numbers of \S+ are not finite, the first at \[3, 1\]"


@pytest.fixture(params=[torch.nan, torch.inf, -torch.inf], ids=str)
def damaged(request, bert, tmp_path):
    """A checkpoint of which one number is not finite, written by somebody else."""
    checkpoint.save(bert, tmp_path / "model")
    weights = load_file(tmp_path / "model/model.safetensors")
    weights["bert.embeddings.word_embeddings.weight"][3, 1] = request.param
    save_file(weights, tmp_path / "model/model.safetensors", metadata={"format": "pt"})
    return tmp_path / "model"


def test_a_checkpoint_is_refused_when_it_is_loaded_whatever_its_head(damaged):
    for load in (checkpoint.load, checkpoint.load_masked_lm, published.load_model):
        with pytest.raises(InputError, match=FOUND):
            load(damaged)
    with pytest.raises(InputError, match=FOUND):
        checkpoint.load_for_task(damaged, "sequence-classification", 3)


def test_an_export_does_not_copy_one(damaged, tmp_path):
    with pytest.raises(InputError, match=FOUND):
        write_model("compact", damaged, None, tmp_path)
    assert not (tmp_path / "model.safetensors").exists()


def test_neither_a_model_nor_a_table_is_written(bert, tmp_path):
    with torch.no_grad():
        bert.get_input_embeddings().weight[3, 1] = torch.nan
    with pytest.raises(InputError, match=FOUND):
        checkpoint.save(bert, tmp_path)
    with pytest.raises(InputError, match=FOUND):
        write_embeddings(bert.get_input_embeddings().weight, ["a"] * 40, tmp_path / "table.safetensors")
    assert list(tmp_path.iterdir()) == []


def test_integers_and_the_largest_floats_are_finite():
    require_finite([("ids", torch.tensor([1, 2])), ("limits", torch.tensor([3.4e38, -3.4e38]))], "here")
