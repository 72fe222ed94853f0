import pytest
import torch
from torch.nn import functional

from semantic_tokens.models import linear_cross_entropy as module
from semantic_tokens.models.linear_cross_entropy import linear_cross_entropy
from semantic_tokens.models.masked_lm import masked_lm_loss, masked_states
from semantic_tokens.models.truncation import truncate

FEW = 3 * 40  # logits a block: three rows of 40


@pytest.fixture(params=[FEW, 2**25], ids=["many blocks", "one block"])
def blocks(request, monkeypatch):
    monkeypatch.setitem(module.LOGITS_A_BLOCK, "cpu", request.param)


def batch(share=0.3, n_tokens=40):
    generator = torch.Generator().manual_seed(3)
    ids = torch.randint(5, n_tokens - 1, (4, 10), generator=generator)
    chosen = torch.rand(ids.shape, generator=generator) < share
    return ids, torch.where(chosen, ids, -100), torch.ones_like(ids)


def gradients(model, loss):
    model.zero_grad()
    loss.backward()
    return [parameter.grad.clone() for parameter in model.parameters()]


@pytest.mark.parametrize("dim", [16, 6])
def test_loss_and_gradients_equal_the_librarys_own(masked_lm, blocks, dim):
    model = truncate(masked_lm, dim)
    ids, labels, attention = batch()
    expected = model(input_ids=ids, attention_mask=attention, labels=labels).loss
    loss = masked_lm_loss(model, ids, labels, attention)
    torch.testing.assert_close(loss, expected, atol=1e-6, rtol=0)
    for found, wanted in zip(gradients(model, loss), gradients(model, expected), strict=True):
        torch.testing.assert_close(found, wanted, atol=1e-6, rtol=1e-4)


def test_parts_add_up_to_the_whole_batch(masked_lm):
    ids, labels, attention = batch()
    labels[2:] = -100
    labels[2, 1] = 7  # the parts hold unequal numbers of masked tokens
    whole = masked_lm_loss(masked_lm, ids, labels, attention)
    count = int((labels != -100).sum())
    parts = sum(masked_lm_loss(masked_lm, ids[i], labels[i], attention[i], count) for i in (slice(2), slice(2, 4)))
    torch.testing.assert_close(parts, whole, atol=1e-6, rtol=0)
    for found, wanted in zip(gradients(masked_lm, parts), gradients(masked_lm, whole), strict=True):
        torch.testing.assert_close(found, wanted, atol=1e-6, rtol=1e-4)


def test_a_part_without_masked_tokens_adds_nothing(masked_lm):
    ids, _, attention = batch()
    loss = masked_lm_loss(masked_lm, ids, torch.full_like(ids, -100), attention, count=9)
    assert loss == 0
    assert all((gradient == 0).all() for gradient in gradients(masked_lm, loss))


def test_only_masked_positions_reach_the_head_and_the_model_is_left_as_it_was(masked_lm):
    ids, labels, attention = batch()
    seen = []
    handle = masked_lm.get_output_embeddings().register_forward_pre_hook(lambda _, given: seen.append(given[0].shape))
    states = masked_states(masked_lm, ids, attention, labels != -100)
    handle.remove()
    assert states.shape == (int((labels != -100).sum()), 16) and seen == [states.shape]
    full = masked_lm(input_ids=ids, attention_mask=attention).logits
    assert full.shape == (4, 10, 40)
    torch.testing.assert_close(masked_lm.get_output_embeddings()(states), full[labels != -100])


def test_no_block_of_logits_is_larger_than_its_budget(monkeypatch):
    monkeypatch.setitem(module.LOGITS_A_BLOCK, "cpu", FEW)
    sizes = []

    def spy(*arguments):
        sizes.append(functional.linear(*arguments).shape)
        return functional.linear(*arguments)

    monkeypatch.setattr(module, "functional", type("spied", (), {"linear": staticmethod(spy)}))
    hidden, weight, bias = torch.rand(10, 4), torch.rand(40, 4), torch.rand(40)
    linear_cross_entropy(hidden, weight, bias, torch.arange(10), 10)
    assert sizes == [(2, 40), (3, 40), (2, 40), (3, 40)]


@pytest.mark.parametrize("with_bias", [True, False])
def test_large_logits_and_a_scaled_loss(blocks, with_bias):
    generator = torch.Generator().manual_seed(0)
    hidden, weight, bias = (torch.randn(*shape, generator=generator) * 9 for shape in ((11, 8), (40, 8), (40,)))
    bias = bias if with_bias else None
    given = [tensor.requires_grad_() for tensor in (hidden, weight, bias) if tensor is not None]
    labels = torch.randint(0, 40, (11,), generator=generator)
    expected = functional.cross_entropy(functional.linear(hidden, weight, bias), labels) * 5
    loss = linear_cross_entropy(hidden, weight, bias, labels, 11) * 5
    assert expected > 100  # far beyond what exp could bear unshifted
    torch.testing.assert_close(loss, expected)
    wanted = torch.autograd.grad(expected, given)
    torch.testing.assert_close(torch.autograd.grad(loss, given), wanted, rtol=1e-4, atol=1e-5)


def test_bfloat16_products_keep_float32_sums(bert, blocks):
    ids, labels, attention = batch()
    exact = masked_lm_loss(bert, ids, labels, attention)
    wanted = gradients(bert, exact)
    with torch.autocast("cpu", torch.bfloat16):
        loss = masked_lm_loss(bert, ids, labels, attention)
    assert loss.dtype == torch.float32 and loss != exact
    assert loss.item() == pytest.approx(exact.item(), rel=1e-2)
    for found, gradient in zip(gradients(bert, loss), wanted, strict=True):
        assert found.dtype == torch.float32
        assert (found - gradient).norm() <= 0.03 * gradient.norm() + 1e-6


def test_gradients_cannot_be_taken_twice():
    hidden = torch.rand(3, 4, requires_grad=True)
    loss = linear_cross_entropy(hidden, torch.rand(40, 4), None, torch.arange(3), 3)
    loss.backward(retain_graph=True)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()
