"""A masked-LM head for an encoder without one: of every architecture that can be grouped, and nothing else is new."""

import pytest
import torch
from torch.nn import functional
from transformers import AutoConfig, AutoModel, AutoModelForMaskedLM

from conftest import N_TOKENS, random_partition
from semantic_tokens.errors import InputError
from semantic_tokens.grouping.partition import VocabularyPartition
from semantic_tokens.models import checkpoint
from semantic_tokens.models.masked_lm import masked_lm_loss
from semantic_tokens.models.new_head import freeze_body, with_new_head
from semantic_tokens.models.surgery import group_vocabulary

BIAS = torch.linspace(-3, -1, N_TOKENS)
IDS = torch.tensor([[2, 7, 9, 11, 30, 3], [2, 20, 8, 30, 33, 3]])
SIZES = {
    "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24,
    "max_position_embeddings": 34, "vocab_size": N_TOKENS, "pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3,
    "cls_token_id": 2, "sep_token_id": 3,
}  # fmt: skip


@pytest.fixture
def encoder(masked_lm, tmp_path):
    """A folder with the body alone: no head, no pooler."""
    body = masked_lm.base_model
    body.save_pretrained(tmp_path / "encoder")
    return tmp_path / "encoder"


def test_the_new_head_is_plain_and_the_encoder_as_published(encoder):
    model = with_new_head(encoder, BIAS)
    published = AutoModel.from_pretrained(encoder, add_pooling_layer=False).eval()
    for name, tensor in published.state_dict().items():
        assert torch.equal(model.base_model.state_dict()[name], tensor), name
    states = published(IDS).last_hidden_state
    expected = functional.layer_norm(functional.gelu(states), (16,), eps=model.config.layer_norm_eps)
    expected = expected @ published.get_input_embeddings().weight.T + BIAS
    torch.testing.assert_close(model(IDS).logits, expected, atol=1e-5, rtol=0)
    assert model.get_output_embeddings().weight is model.get_input_embeddings().weight


def test_what_transformers_draws_for_the_head_is_nowhere_in_it(encoder):
    models = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        models.append(with_new_head(encoder, BIAS))
    for name, tensor in models[0].state_dict().items():
        assert torch.equal(tensor, models[1].state_dict()[name]), name


@pytest.mark.parametrize(
    "kind",
    ["albert", "bert", "camembert", "deberta-v2", "distilbert", "electra", "modernbert", "mpnet", "roberta",
     "xlm-roberta", "xlm-roberta-xl"],
)  # fmt: skip
def test_every_architecture_that_can_be_grouped_gets_one_that_a_plain_checkpoint_holds(tmp_path, kind):
    AutoModel.from_config(AutoConfig.for_model(kind, **SIZES)).save_pretrained(tmp_path / "encoder")
    model = with_new_head(tmp_path / "encoder", BIAS)
    checkpoint.save(model, tmp_path / "masked-lm")
    loaded = AutoModelForMaskedLM.from_pretrained(tmp_path / "masked-lm").eval()
    assert torch.equal(loaded(IDS).logits, model(IDS).logits)
    assert checkpoint.names_masked_lm(tmp_path / "masked-lm") and not checkpoint.names_masked_lm(tmp_path / "encoder")
    means = loaded(IDS).logits - BIAS
    assert means.std() > 0 and torch.equal(loaded.get_output_embeddings().bias, BIAS)


def test_a_pooler_stays(bert, tmp_path):
    torch.manual_seed(3)
    body = AutoModel.from_config(bert.config)
    body.save_pretrained(tmp_path / "encoder")
    checkpoint.save(with_new_head(tmp_path / "encoder", BIAS), tmp_path / "masked-lm")
    kept = checkpoint.load_masked_lm(tmp_path / "masked-lm").base_model.pooler
    assert torch.equal(kept.dense.weight, body.pooler.dense.weight)


def test_a_checkpoint_with_a_head_or_part_of_one_is_refused(masked_lm, tmp_path):
    masked_lm.save_pretrained(tmp_path / "whole")
    with pytest.raises(InputError, match=f"{tmp_path / 'whole'}: the checkpoint has a masked-LM head already: "):
        with_new_head(tmp_path / "whole", BIAS)
    state = {name: tensor for name, tensor in masked_lm.state_dict().items() if "dense" in name or "embed" in name}
    part = type(masked_lm)(masked_lm.config)
    part.save_pretrained(tmp_path / "part", state_dict=state)
    with pytest.raises(InputError, match="has a masked-LM head already: "):
        with_new_head(tmp_path / "part", BIAS)


def test_a_bias_of_another_vocabulary_is_refused(encoder):
    with pytest.raises(InputError, match="no bias for each of the 39 tokens"):
        with_new_head(encoder, BIAS[:-1])


def test_a_frozen_body_gets_no_gradient_and_the_head_the_one_it_gets_without(encoder):
    labels = torch.where(IDS > 8, IDS, -100)
    free, frozen = with_new_head(encoder, BIAS), with_new_head(encoder, BIAS)
    freeze_body(frozen)
    for model in (free, frozen):
        masked_lm_loss(model, IDS, labels).backward()
    body = {id(parameter) for parameter in frozen.base_model.parameters()}
    found = {name for name, parameter in frozen.named_parameters() if parameter.grad is not None}
    assert found == {name for name, parameter in frozen.named_parameters() if id(parameter) not in body} != set()
    for name in found:
        torch.testing.assert_close(frozen.get_parameter(name).grad, free.get_parameter(name).grad, msg=name)


def test_surgery_carries_it_as_a_real_one(encoder, special_ids):
    model = with_new_head(encoder, BIAS)
    with torch.no_grad():  # as training leaves it
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
    group_of = random_partition(N_TOKENS, special_ids, 12)
    partition = VocabularyPartition(group_of, tuple(f"t{i}" for i in range(N_TOKENS)), BIAS.numpy(), special_ids)
    if model.config.model_type == "xlm-roberta":
        assert group_of[model.config.pad_token_id] == model.config.pad_token_id
    table = model.get_input_embeddings().weight.detach()
    grouped = group_vocabulary(model, partition, table)
    bodies = {id(tensor) for tensor in model.base_model.parameters()}
    head = {n: p for n, p in model.named_parameters() if id(p) not in bodies and p.shape[0] != N_TOKENS}
    assert head and all(torch.equal(grouped.get_parameter(name), weight) for name, weight in head.items())
    bias = model.get_output_embeddings().bias.double()
    for group in range(partition.n_groups):
        expected = bias[torch.from_numpy(group_of == group)].logsumexp(0)
        torch.testing.assert_close(grouped.get_output_embeddings().bias[group].double(), expected, atol=1e-6, rtol=0)


def test_a_head_with_a_part_of_another_kind_is_refused(encoder, monkeypatch):
    model = checkpoint.load_with_random_head(encoder)
    model.add_module("gate", torch.nn.Conv1d(1, 1, 1))
    monkeypatch.setattr(checkpoint, "load_with_random_head", lambda folder: model)
    with pytest.raises(InputError, match=r"gate is neither a linear layer nor a layer norm"):
        with_new_head(encoder, BIAS)
