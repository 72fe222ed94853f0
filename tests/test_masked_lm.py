import torch
from torch.nn import functional

from semantic_tokens.models.masked_lm import masked_lm_loss, masked_logits


def batch(n_tokens=40):
    generator = torch.Generator().manual_seed(3)
    ids = torch.randint(5, n_tokens - 1, (4, 10), generator=generator)
    chosen = torch.rand(ids.shape, generator=generator) < 0.3
    return ids, torch.where(chosen, ids, -100), torch.ones_like(ids)


def test_loss_and_gradients_equal_those_of_the_full_logit_matrix(masked_lm):
    ids, labels, attention = batch()
    full = masked_lm(input_ids=ids, attention_mask=attention).logits
    expected = functional.cross_entropy(full.view(-1, 40), labels.view(-1), ignore_index=-100)
    expected.backward()
    gradients = [parameter.grad.clone() for parameter in masked_lm.parameters()]
    masked_lm.zero_grad()
    loss = masked_lm_loss(masked_lm, ids, labels, attention)
    loss.backward()
    torch.testing.assert_close(loss, expected, atol=1e-6, rtol=0)
    for parameter, gradient in zip(masked_lm.parameters(), gradients):
        torch.testing.assert_close(parameter.grad, gradient, atol=1e-6, rtol=1e-4)


def test_only_masked_positions_get_logits_and_the_hook_is_gone(masked_lm):
    ids, labels, attention = batch()
    logits = masked_logits(masked_lm, ids, attention, labels != -100)
    assert logits.shape == (int((labels != -100).sum()), 40)
    assert masked_lm(input_ids=ids).logits.shape == (4, 10, 40)
